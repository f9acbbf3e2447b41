package deliver

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
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
		err = result.take(resp, cmp.Or(req.Keep, KeptBody))
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

// Pass sends a request of another sender, with nothing added, and returns the response, whose body the
// caller reads and closes. The timeout includes the body; 0 means no limit. Errors, also those of
// reading the body, are *Failure.
func (c *Client) Pass(ctx context.Context, req *http.Request, timeout time.Duration) (*http.Response, error) {
	a := c.begin(ctx, req.URL, timeout)
	out := req.Clone(a.context())
	resp, err := c.roundTrip(a, out)
	if err != nil {
		defer a.cancel()
		return nil, a.failure(err, false)
	}
	if failure := a.circumstances(true).proxyResponse(resp.StatusCode); failure != nil {
		defer a.cancel()
		resp.Body.Close()
		return nil, failure
	}
	resp.Body = &passedBody{ReadCloser: resp.Body, attempt: a}
	return resp, nil
}

// passedBody explains why a body is truncated.
type passedBody struct {
	io.ReadCloser
	attempt *attempt
}

func (b *passedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = b.attempt.failure(err, true)
	}
	return n, err
}

func (b *passedBody) Close() error {
	defer b.attempt.cancel()
	return b.ReadCloser.Close()
}

// attempt is a request in flight.
type attempt struct {
	url     *url.URL
	timeout time.Duration
	watch   *trace

	caller  context.Context
	limited context.Context // the caller's, with the timeout
	cancel  context.CancelFunc
}

func (c *Client) begin(ctx context.Context, u *url.URL, timeout time.Duration) *attempt {
	limited, cancel := withTimeout(ctx, timeout, c.Extra)
	return &attempt{url: u, timeout: timeout, watch: &trace{now: c.now}, caller: ctx, limited: limited, cancel: cancel}
}

func withTimeout(ctx context.Context, timeout, extra time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout+extra)
}

// context returns the context of the request.
func (a *attempt) context() context.Context {
	return httptrace.WithClientTrace(context.WithValue(a.limited, traceKey{}, a.watch), a.watch.hooks())
}

// failure explains an error; responded means that the response headers were received.
func (a *attempt) failure(err error, responded bool) *Failure {
	return a.circumstances(responded).explain(err)
}

func (a *attempt) circumstances(responded bool) circumstances {
	return circumstances{
		url:       a.url,
		timeout:   a.timeout,
		seen:      a.watch.seen(),
		responded: responded,
		canceled:  a.caller.Err() == context.Canceled,
		expired:   a.limited.Err() == context.DeadlineExceeded,
	}
}
