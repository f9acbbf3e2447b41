package load

import (
	"context"
	"io"
	"net/http"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// WriteTargets writes the requests of the load as vegeta's JSON targets, one per line,
// instead of sending them. Secret headers and the URL's password are masked unless
// showSecrets is set. It stops when ctx ends.
func WriteTargets(ctx context.Context, w io.Writer, o Options, showSecrets bool) error {
	encode := vegeta.NewJSONTargetEncoder(w)
	header := targetHeader(o.Target, showSecrets)
	url := deliver.ShowURL(o.Target.URL, showSecrets)
	left := o.Pace.Requests()
	for body := range fault.Arrange(o.Fault, bodies(o.Next)) {
		if left == 0 || ctx.Err() != nil {
			break
		}
		left--
		if err := encode.Encode(&vegeta.Target{Method: http.MethodPost, URL: url, Body: body, Header: header}); err != nil {
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
