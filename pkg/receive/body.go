package receive

import (
	"errors"
	"io"
	"net/http"
)

var errTooLarge = errors.New("body too large")

// firstRead is how much room a body gets before any of it is here. Senders that announce
// much and send little, a thousand at a time, must not cost more than this each.
const firstRead = 4 << 10

// readBody reads a body of up to most bytes. The room grows with what arrives, whatever
// length was announced.
func readBody(r *http.Request, most int64) ([]byte, error) {
	if r.ContentLength > most {
		return nil, errTooLarge
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	size := r.ContentLength
	if size < 0 {
		size = 512
	}
	body := make([]byte, 0, min(size+1, firstRead)) // one byte of room to see the end
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > most:
			return nil, errTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, err
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}
