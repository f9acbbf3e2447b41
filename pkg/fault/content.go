package fault

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// content is what a fault may change of a sound request.
type content struct {
	header  http.Header
	body    []byte
	chunked bool
}

// contentTransport changes a request before the usual transport sends it.
type contentTransport struct {
	base   http.RoundTripper
	change func(*content, *dice)
	dice   *dice
}

func (t *contentTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	c := content{header: req.Header.Clone(), body: body}
	t.change(&c, t.dice)
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

// corruptBody writes a byte that can stand nowhere in JSON.
func corruptBody(c *content, d *dice) {
	if len(c.body) > 0 {
		c.body[d.below(len(c.body))] = 0x01
	}
}

// oversized is beyond the default limits of nginx and of most frameworks.
const oversized = 2 << 20

// oversizeBody leaves the JSON as it is: space after it means nothing.
func oversizeBody(c *content, _ *dice) {
	c.body = append(c.body, bytes.Repeat([]byte{' '}, oversized)...)
}

// badUTF8 puts a byte that is never part of UTF-8 at the start of a value that is a
// string, or in the middle of a body that has none.
func badUTF8(c *content, d *dice) {
	const never, opening = 0xff, `:"`
	at := len(c.body) / 2
	if n := bytes.Count(c.body, []byte(opening)); n > 0 {
		at = 0
		for range 1 + d.below(n) {
			at += bytes.Index(c.body[at:], []byte(opening)) + len(opening)
		}
	}
	c.body = slices.Insert(c.body, at, byte(never))
}

func chunkedBody(c *content, _ *dice) { c.chunked = true }

func plainType(c *content, _ *dice) { c.header["Content-Type"] = []string{"application/json"} }

// dice are seeded and may be thrown by several goroutines at once.
type dice struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{random: rand.New(rand.NewPCG(seed, 0))} }

func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}
