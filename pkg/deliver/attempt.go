package deliver

import (
	"context"
	"net/http/httptrace"
	"net/url"
	"time"
)

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
