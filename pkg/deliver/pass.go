package deliver

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Pass sends a request that somebody else has made, with nothing added to it, and
// returns the reply, whose body the caller reads and closes. The timeout is for all of
// that; 0 means no limit. An error, also one of reading the body, is a *Failure.
func (c *Client) Pass(ctx context.Context, req *http.Request, timeout time.Duration) (*http.Response, error) {
	a := c.begin(ctx, req.URL, timeout)
	out := req.Clone(a.context())
	reply, err := c.roundTrip(a, out)
	if err != nil {
		defer a.cancel()
		return nil, a.failure(err, false)
	}
	if failure := a.circumstances(true).proxyReply(reply.StatusCode); failure != nil {
		defer a.cancel()
		reply.Body.Close()
		return nil, failure
	}
	reply.Body = &passedBody{ReadCloser: reply.Body, attempt: a}
	return reply, nil
}

// passedBody explains why a body broke off.
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
