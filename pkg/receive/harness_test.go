package receive

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const ticketEvent = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

// running is a running server with its reports.
type running struct {
	*Server
	addr       string
	begun      chan struct{} // has one element per connection that has a slot and is read further
	receptions chan Reception
	malformed  chan Malformed
	stop       func() error // ends it, and returns what Serve returned
}

func start(t testing.TB, options Options) *running {
	t.Helper()
	receptions := make(chan Reception, 1000)
	r := startReporting(t, options, func(x *Reception) { receptions <- *x })
	r.receptions = receptions
	return r
}

func startReporting(t testing.TB, options Options, onReception func(*Reception)) *running {
	t.Helper()
	r := &running{begun: make(chan struct{}, 4000), malformed: make(chan Malformed, 4000)}
	options.OnReception = onReception
	options.OnMalformed = func(m Malformed) { r.malformed <- m }
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.Server, r.addr = server, l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, begunListener{l, r.begun}) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		server.abort()
		r.stop()
	})
	return r
}

// begunListener reports the second read of each connection. The first is that of the first byte, after
// which the server waits for a slot.
type begunListener struct {
	net.Listener
	begun chan<- struct{}
}

func (l begunListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &begunConn{TCPConn: c.(*net.TCPConn), begun: l.begun}, nil
}

type begunConn struct {
	*net.TCPConn
	begun chan<- struct{}
	reads int
}

func (c *begunConn) Read(p []byte) (int, error) {
	if c.reads++; c.reads == 2 {
		c.begun <- struct{}{}
	}
	return c.TCPConn.Read(p)
}

func (r *running) url(path string) string { return "http://" + r.addr + path }

func (r *running) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// raw sends bytes and returns all that is received until the server closes.
func (r *running) raw(t testing.TB, request string) string {
	t.Helper()
	c := r.dial(t)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	resp, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("after %q: %v", resp, err)
	}
	return string(resp)
}

func post(t testing.TB, url, body string) *http.Response {
	t.Helper()
	resp, err := http.Post(url, "application/JSON", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
