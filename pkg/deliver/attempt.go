package deliver

import (
	"context"
	"net/http/httptrace"
	"net/url"
	"time"
)

// attempt is a request on its way, and what is noted about it.
type attempt struct {
	url     *url.URL
	timeout time.Duration
	watch   *trace

	caller  context.Context
	limited context.Context // the caller's, until time is up
	cancel  context.CancelFunc

	now      func() time.Time
	replaced bool // the connection
}

func (c *Client) begin(ctx context.Context, u *url.URL, timeout time.Duration) *attempt {
	limited, cancel := withTimeout(ctx, timeout, c.Extra)
	return &attempt{url: u, timeout: timeout, watch: &trace{now: c.now}, caller: ctx, limited: limited, cancel: cancel, now: c.now}
}

func withTimeout(ctx context.Context, timeout, extra time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout+extra)
}

// context is the one to send the request with.
func (a *attempt) context() context.Context {
	return httptrace.WithClientTrace(a.limited, a.watch.hooks())
}

const (
	// rested is how long a connection was not used that a server may have closed for that.
	// Whoever closes one in the middle of a burst has met trouble.
	rested = 100 * time.Millisecond

	// promptly is how soon such a connection shows it: one way there and back, wherever it
	// is. Who works for longer and then hangs up has read the request.
	promptly = 200 * time.Millisecond
)

// lostItsConnection says whether there was one, used before, that rested, and then ended
// promptly and without a word.
func (a *attempt) lostItsConnection(rested time.Duration) bool {
	seen := a.watch.seen()
	return seen.reused && seen.rest >= rested && seen.firstByte.IsZero() && a.limited.Err() == nil && a.now().Sub(seen.got) < promptly
}

// failure explains an error; replied says that the head of the reply came.
func (a *attempt) failure(err error, replied bool) *Failure {
	return circumstances{
		url:      a.url,
		timeout:  a.timeout,
		seen:     a.watch.seen(),
		replied:  replied,
		canceled: a.caller.Err() == context.Canceled,
		expired:  a.limited.Err() == context.DeadlineExceeded,
	}.explain(err)
}
