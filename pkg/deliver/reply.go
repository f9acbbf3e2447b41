package deliver

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	// KeptBody is how many bytes of a reply's body a Result holds at most.
	KeptBody = 64 << 10

	// DrainedBody is how many bytes of a reply's body are read at most, so that its
	// connection can be used again. A longer one costs the connection.
	DrainedBody = 1 << 20
)

// take moves the reply into the result and ends it. The error says why the body broke off.
func (r *Result) take(reply *http.Response) error {
	defer reply.Body.Close()
	r.Status = reply.StatusCode
	r.StatusText = strings.TrimPrefix(strings.TrimPrefix(reply.Status, strconv.Itoa(reply.StatusCode)), " ")
	r.Proto = reply.Proto
	r.Headers = reply.Header
	if reply.StatusCode == http.StatusSwitchingProtocols {
		// What follows is no body but another protocol, which may never end.
		return nil
	}
	err := r.takeBody(reply.Body)
	var more bool
	r.Body, more, r.Undecoded = Decode(r.Headers, r.Body)
	r.Truncated = r.Truncated || more
	return err
}

// hideInStatus hides the target's secrets in the server's own wording of the status, which
// is shown in many places.
func (r *Result) hideInStatus(t Target) {
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
	// One byte over the limit tells a body that ends there from a longer one.
	drained, err := io.Copy(io.Discard, io.LimitReader(body, DrainedBody-KeptBody+1))
	r.BodyBytes = min(r.BodyBytes+drained, DrainedBody)
	r.Truncated = drained > 0
	return err
}
