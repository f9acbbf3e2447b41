package receive

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Options configure a Server. The zero value accepts events on any path and returns 204.
type Options struct {
	// Catalog is what events are checked against; nil means apizee.Documented().
	Catalog *apizee.Catalog

	// Path is the only path that is served, escaped as in a URL, such as "/apizeehooks/"; other paths
	// get 404. An empty Path serves any.
	Path string

	// Response is returned to an event that is not forwarded.
	Response Response

	// Delay is the time to wait before the response to an event.
	Delay time.Duration

	// RequireHeader is a header that an event must have; without it the response is 401. Its
	// value is compared in constant time. An empty name requires nothing.
	RequireHeader deliver.Header

	// Forward forwards events and returns the target's response; nil forwards nothing.
	Forward *Forwarder

	// Record records an event before its response; when it fails the response is 507. It is
	// called concurrently; nil records nothing.
	Record func(recording.Entry) (recording.Place, error)

	// Fault returns the fault to inject into the n-th event; nil injects none.
	Fault func(n int64) Fault

	// OnReception gets each request after its response, in the order of the responses, and OnMalformed
	// data that is not a request; both may be nil. They are called one at a time, and block no connection until
	// reports of 4 MiB wait for them. Serve returns after the last call. OnReception may keep and change
	// the reception.
	OnReception func(*Reception)
	OnMalformed func(Malformed)

	Limits Limits

	// TLS makes the server serve HTTPS; nil is plain HTTP. See SelfSigned.
	TLS *tls.Config

	// Now must be monotonic, as time.Now is, which nil means. Sleep waits for d or for the end
	// of ctx; nil means deliver.Sleep.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

func (o Options) withDefaults() (Options, error) {
	o.Limits = o.Limits.withDefaults()
	if o.Catalog == nil {
		o.Catalog = apizee.Documented()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = deliver.Sleep
	}
	if o.OnReception == nil {
		o.OnReception = func(*Reception) {}
	}
	if o.OnMalformed == nil {
		o.OnMalformed = func(Malformed) {}
	}
	if o.TLS != nil {
		o.TLS = o.TLS.Clone()
		o.TLS.NextProtos = []string{"http/1.1"}
	}
	if o.RequireHeader.Name != "" && o.RequireHeader.Value == "" {
		return o, fmt.Errorf("required header %q has no value; it must be 'Name: value'", o.RequireHeader.Name)
	}
	var err error
	o.Response, err = o.Response.withDefaults()
	return o, err
}

// Response is the configured response to an event.
type Response struct {
	Status int // 200 to 599; 0 means 204, or 200 with a body

	// Headers are sent unchanged, without those about framing. Without a Content-Type a body is
	// sent as application/json when it is JSON, else as text/plain.
	Headers []deliver.Header

	Body []byte
}

func (r Response) withDefaults() (Response, error) {
	if r.Status == 0 {
		r.Status = http.StatusNoContent
		if len(r.Body) > 0 {
			r.Status = http.StatusOK
		}
	}
	if r.Status < 200 || r.Status > 599 {
		return r, fmt.Errorf("status %d is not from 200 to 599", r.Status)
	}
	if len(r.Body) > 0 && !allowsBody(r.Status) {
		return r, fmt.Errorf("a response with status %d cannot have a body; use another status, such as 200", r.Status)
	}
	for _, h := range r.Headers {
		if h.Name == "" {
			return r, errors.New("a response header has no name")
		}
	}
	return r, nil
}

func allowsBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// header returns the headers of the response.
func (r Response) header() http.Header {
	header := http.Header{}
	if len(r.Body) > 0 {
		header["Content-Type"] = nil // else net/http guesses one
		header.Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	for _, h := range deliver.Override(r.contentType(), r.Headers) {
		if !h.Remove {
			header.Add(h.Name, h.Value)
		}
	}
	return header
}

// contentType returns the default Content-Type header of the body.
func (r Response) contentType() []deliver.Header {
	switch {
	case len(r.Body) == 0:
		return nil
	case json.Valid(r.Body):
		return []deliver.Header{{Name: "Content-Type", Value: "application/json"}}
	}
	return []deliver.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}
}

// DecodePath returns an Options.Path without its escapes, or why it cannot be one.
func DecodePath(path string) (string, error) {
	switch {
	case path != "" && !strings.HasPrefix(path, "/"):
		return "", fmt.Errorf("%q must start with a slash, as in /apizeehooks/", path)
	case strings.ContainsAny(path, "?#"):
		return "", fmt.Errorf("%q must not have a query or fragment", path)
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return "", fmt.Errorf("%q must be escaped as in a URL; %% is %%25", path)
	}
	return decoded, nil
}
