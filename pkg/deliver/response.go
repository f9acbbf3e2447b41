package deliver

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	// KeptBody is the maximum number of bytes of a response's body in a Result.
	KeptBody = 64 << 10

	// DrainedBody is the maximum number of bytes of a response's body that are read, so that its
	// connection can be reused. After a longer one the connection is closed.
	DrainedBody = 1 << 20
)

// take reads the response into the result and closes it. The error says why the body is truncated.
func (r *Result) take(resp *http.Response) error {
	defer resp.Body.Close()
	r.Status = resp.StatusCode
	r.StatusText = strings.TrimPrefix(strings.TrimPrefix(resp.Status, strconv.Itoa(resp.StatusCode)), " ")
	r.Proto = resp.Proto
	r.Headers = resp.Header
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The data that follows is another protocol, which may never end.
		return nil
	}
	err := r.takeBody(resp.Body)
	var more bool
	r.Body, more, r.Undecoded = Decode(r.Headers, r.Body)
	r.Truncated = r.Truncated || more
	return err
}

// maskStatus masks the target's secrets in the server's reason phrase, which is shown in many places.
func (r *Result) maskStatus(t Target) {
	if r.StatusText == http.StatusText(r.Status) {
		return
	}
	r.StatusText = t.Secrets().Mask(r.StatusText)
}

func (r *Result) takeBody(body io.Reader) error {
	if body == http.NoBody {
		return nil
	}
	kept, err := io.ReadAll(io.LimitReader(body, KeptBody))
	r.Body, r.BodyBytes = kept, int64(len(kept))
	if err != nil || len(kept) < KeptBody {
		return err
	}
	// One byte over the limit tells a longer body from one that ends there.
	drained, err := io.Copy(io.Discard, io.LimitReader(body, DrainedBody-KeptBody+1))
	r.BodyBytes = min(r.BodyBytes+drained, DrainedBody)
	r.Truncated = drained > 0
	return err
}
