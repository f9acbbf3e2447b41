package deliver

import (
	"context"
	"net/http"
	"time"
)

// Client delivers requests. It is safe for concurrent use.
type Client struct {
	transport http.RoundTripper
	now       func() time.Time

	// Extra is added to each timeout: the time that the transport itself uses, for a fault.
	Extra time.Duration
}

// NewClient returns a client of a transport, usually one of NewTransport: another may add headers. The
// clock must be monotonic, as time.Now is, and safe for concurrent use.
func NewClient(transport http.RoundTripper, now func() time.Time) *Client {
	return &Client{transport: transport, now: now}
}

// Deliver sends the request and reads the response, within the timeout; 0 means no limit.
func (c *Client) Deliver(ctx context.Context, req Request, timeout time.Duration) Result {
	a := c.begin(ctx, req.URL, timeout)
	defer a.cancel()

	result := Result{N: 1, Attempt: 1, Start: c.now()}
	// The transport is used without an http.Client, which would follow redirects.
	resp, err := c.roundTrip(a, newHTTPRequest(a.context(), req))
	if err == nil {
		err = result.take(resp)
	}
	seen := a.watch.seen()
	result.Timings, result.Proxy = seen.timings(result.Start, c.now()), showProxy(seen.proxy)
	if err != nil {
		result.Failure = a.failure(err, resp != nil)
	} else {
		result.Failure = a.circumstances(true).proxyResponse(result.Status)
	}
	result.maskStatus(req.Target)
	return result
}

// roundTrip resends a request over another connection when the server had closed the kept-alive one, as
// net/http does for methods other than POST. After a new connection it does not resend.
func (c *Client) roundTrip(a *attempt, req *http.Request) (*http.Response, error) {
	for {
		resp, err := c.transport.RoundTrip(req)
		if err == nil || !a.watch.seen().isStale() || a.limited.Err() != nil || req.Body != nil && req.GetBody == nil {
			return resp, err
		}
		req = req.Clone(req.Context())
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}
