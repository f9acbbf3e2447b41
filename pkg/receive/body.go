// This file reads request bodies within the limits for one body and for all bodies.

package receive

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
)

var errTooLarge = errors.New("body too large")

// errNoRoom reports that the bodies of other requests use all of Limits.Bodies.
var errNoRoom = errors.New("no room for the body")

// firstRead is the initial buffer size. Senders that announce a long body and send little of it,
// a thousand at a time, must not cost more than this each.
const firstRead = 4 << 10

// readBody reads the body. The buffer grows with the data that arrives, whatever length was
// announced. Beyond firstRead all the room that the body may still need is reserved from
// Limits.Bodies at once, so that two requests never wait for each other's rest; release returns it.
func (x *exchange) readBody() ([]byte, error) {
	limit, announced := x.s.options.Limits.Body, x.r.ContentLength
	if announced > limit {
		return nil, errTooLarge
	}
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return nil, nil
	}
	size := announced
	if size < 0 {
		size = 512
	}
	body := make([]byte, 0, min(size+1, firstRead)) // one byte more to detect the end
	for {
		n, err := x.r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, errTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, err
		case len(body) < cap(body):
		case len(body) >= firstRead && x.reserved == 0:
			if body, err = x.reserve(body, announced); err != nil {
				return nil, err
			}
		default:
			body = append(body, 0)[:len(body)]
		}
	}
}

// reserve reserves room for the whole body and returns the given start of it in a larger buffer.
func (x *exchange) reserve(body []byte, announced int64) ([]byte, error) {
	need := announced + 1
	if announced < 0 {
		need = x.s.options.Limits.Body + 1
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.s.options.Limits.Request)
	defer cancel()
	if x.s.bodies.Acquire(ctx, need) != nil {
		if x.s.base.Err() != nil {
			return nil, net.ErrClosed
		}
		return nil, errNoRoom
	}
	x.reserved = need
	if announced < 0 {
		return append(body, 0)[:len(body)], nil
	}
	return append(make([]byte, 0, need), body...), nil
}

// release returns the room that the body has reserved.
func (x *exchange) release() {
	if x.reserved > 0 {
		x.s.bodies.Release(x.reserved)
	}
}
