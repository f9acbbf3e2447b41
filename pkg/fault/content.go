package fault

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// content is the part of a valid request that a fault can change.
type content struct {
	header  http.Header
	body    []byte
	chunked bool
}

// contentTransport changes a request before the base transport sends it.
type contentTransport struct {
	base   http.RoundTripper
	change func(*content, *seededRand)
	random *seededRand
}

func (t *contentTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	c := content{header: req.Header.Clone(), body: body}
	t.change(&c, t.random)
	out := req.WithContext(req.Context())
	out.Header, out.ContentLength = c.header, int64(len(c.body))
	out.Body, out.GetBody = http.NoBody, nil
	if len(c.body) > 0 {
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
		out.Body, _ = out.GetBody()
	}
	if c.chunked && len(c.body) > 0 {
		out.ContentLength = -1
	}
	return t.base.RoundTrip(out)
}

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}

// corruptBody writes a byte that is never valid in JSON.
func corruptBody(c *content, r *seededRand) {
	if len(c.body) > 0 {
		c.body[r.intN(len(c.body))] = 0x01
	}
}

// oversized is beyond the default limits of nginx and of most frameworks.
const oversized = 2 << 20

// oversizeBody does not change the JSON: space after it has no meaning.
func oversizeBody(c *content, _ *seededRand) {
	c.body = append(c.body, bytes.Repeat([]byte{' '}, oversized)...)
}

// badUTF8 inserts a byte that is never valid in UTF-8 at the start of a string value, or in the middle of a
// body without one.
func badUTF8(c *content, r *seededRand) {
	const invalid, opening = 0xff, `:"`
	at := len(c.body) / 2
	if n := bytes.Count(c.body, []byte(opening)); n > 0 {
		at = 0
		for range 1 + r.intN(n) {
			at += bytes.Index(c.body[at:], []byte(opening)) + len(opening)
		}
	}
	c.body = slices.Insert(c.body, at, byte(invalid))
}

func chunkedBody(c *content, _ *seededRand) { c.chunked = true }

func plainType(c *content, _ *seededRand) { c.header["Content-Type"] = []string{"application/json"} }

// seededRand is a seeded random generator that is safe for concurrent use.
type seededRand struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newSeededRand(seed uint64) *seededRand {
	return &seededRand{random: rand.New(rand.NewPCG(seed, 0))}
}

func (r *seededRand) intN(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.random.IntN(n)
}
