// This file reads the bodies of requests, within the bounds of one and of all.

package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

var errTooLarge = errors.New("body too large")

// errNoRoom says that the bodies of other requests take all the room that there is.
var errNoRoom = errors.New("no room for the body")

// firstRead is how much room a body gets before any of it is here. Senders that announce
// much and send little, a thousand at a time, must not cost more than this each.
const firstRead = 4 << 10

// readBody reads the body. Its room grows with what arrives, whatever length was announced:
// beyond firstRead all that it may still need is taken from Limits.Bodies at once, so that no
// two requests ever wait for each other's rest. It is given back with release.
func (x *exchange) readBody() ([]byte, error) {
	most, announced := x.s.options.Limits.Body, x.r.ContentLength
	if announced > most {
		return nil, errTooLarge
	}
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return nil, nil
	}
	size := announced
	if size < 0 {
		size = 512
	}
	body := make([]byte, 0, min(size+1, firstRead)) // one byte of room to see the end
	for {
		n, err := x.r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > most:
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

// reserve takes room for all of a body, and returns what is here of it with some of that.
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

// release gives back what the body has taken.
func (x *exchange) release() {
	if x.reserved > 0 {
		x.s.bodies.Release(x.reserved)
	}
}

func noRoom(limits Limits) answer {
	return answer{
		status: http.StatusServiceUnavailable, outcome: Incomplete, last: true,
		problem: fmt.Sprintf("the bodies of other requests took all of %d bytes for %s", limits.Bodies, limits.Request),
	}
}
