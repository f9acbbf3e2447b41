package deliver

import (
	"context"
	"io"
	"net/http"
	"time"
)

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
