package deliver

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"time"
)

// Client delivers requests. It is safe for use by several goroutines at once.
type Client struct {
	transport http.RoundTripper
	now       func() time.Time
}

// NewClient makes a client on a transport, usually one of NewTransport: another may
// follow its own mind about headers. The clock must be monotonic, as time.Now is, and
// safe for concurrent use.
func NewClient(transport http.RoundTripper, now func() time.Time) *Client {
	return &Client{transport: transport, now: now}
}

// Deliver sends the request once and waits for the end of the reply, for as long as
// timeout at most; 0 means no limit.
func (c *Client) Deliver(ctx context.Context, req Request, timeout time.Duration) Result {
	limited, cancel := withTimeout(ctx, timeout)
	defer cancel()

	watch := &trace{now: c.now}
	result := Result{N: 1, Attempt: 1, Start: c.now()}
	// The transport is used without an http.Client, which would follow redirects.
	reply, err := c.transport.RoundTrip(newHTTPRequest(httptrace.WithClientTrace(limited, watch.hooks()), req))
	if err == nil {
		err = result.take(reply)
	}
	seen := watch.seen()
	result.Timings = seen.timings(result.Start, c.now())
	if err != nil {
		result.Failure = circumstances{
			url:      req.URL,
			timeout:  timeout,
			seen:     seen,
			replied:  reply != nil,
			canceled: ctx.Err() == context.Canceled,
			expired:  limited.Err() == context.DeadlineExceeded,
		}.explain(err)
	}
	return result
}

func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
}
