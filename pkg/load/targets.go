package load

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// vegetaTarget is a request as vegeta reads it.
type vegetaTarget struct {
	Method string      `json:"method"`
	URL    string      `json:"url"`
	Body   []byte      `json:"body,omitempty"`
	Header http.Header `json:"header,omitempty"`
}

// WriteTargets writes the requests of the load as vegeta's JSON targets, one per line,
// instead of sending them. Secret headers and the URL's password are masked unless
// showSecrets is set. It stops when ctx ends.
func WriteTargets(ctx context.Context, w io.Writer, o Options, showSecrets bool) error {
	encoder := json.NewEncoder(w)
	t := vegetaTarget{Method: apizee.Method, URL: o.Target.ShowURL(showSecrets), Header: targetHeader(o.Target, showSecrets)}
	left := o.Pace.Requests()
	for t.Body = range fault.Arrange(o.Fault, bodies(o.Next)) {
		if left == 0 || ctx.Err() != nil {
			break
		}
		left--
		if err := encoder.Encode(t); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// targetHeader omits the headers that vegeta adds itself.
func targetHeader(target deliver.Target, showSecrets bool) http.Header {
	header := http.Header{}
	for _, h := range deliver.WireHeaders(target, 0) {
		if !showSecrets {
			h = h.Mask()
		}
		if h.Name != "Content-Length" && (h.Name != "Host" || h.Value != target.URL.Host) {
			header[h.Name] = append(header[h.Name], h.Value)
		}
	}
	return header
}
