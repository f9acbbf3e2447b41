package receive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const ticketEvent = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

// running is a server at work, and what it has reported.
type running struct {
	*Server
	addr       string
	receptions chan Reception
	malformed  chan Malformed
	stop       func() error // ends it, and returns what Serve returned
}

func start(t testing.TB, options Options) *running {
	t.Helper()
	r := &running{receptions: make(chan Reception, 1000), malformed: make(chan Malformed, 100)}
	options.OnReception = func(x Reception) { r.receptions <- x }
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
	go func() { ended <- server.Serve(ctx, l) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		server.Abort()
		r.stop()
	})
	return r
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

// raw sends bytes and returns all that comes back until the server closes.
func (r *running) raw(t testing.TB, request string) string {
	t.Helper()
	c := r.dial(t)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("after %q: %v", reply, err)
	}
	return string(reply)
}

func post(t testing.TB, url, body string) *http.Response {
	t.Helper()
	reply, err := http.Post(url, "application/JSON", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reply.Body.Close() })
	return reply
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnyRequestIsTaken(t *testing.T) {
	r := start(t, Options{})
	const head = "Host: h\r\nConnection: close\r\n"
	tests := map[string]struct {
		request      string
		status       string
		method, path string
		body         string
	}{
		"post":     {"POST /a?b=c HTTP/1.1\r\n" + head + "Content-Length: 2\r\n\r\n{}", "HTTP/1.1 204 ", "POST", "/a?b=c", "{}"},
		"get":      {"GET /favicon.ico HTTP/1.1\r\n" + head + "\r\n", "HTTP/1.1 204 ", "GET", "/favicon.ico", ""},
		"head":     {"HEAD / HTTP/1.1\r\n" + head + "\r\n", "HTTP/1.1 204 ", "HEAD", "/", ""},
		"options":  {"OPTIONS * HTTP/1.1\r\n" + head + "\r\n", "HTTP/1.1 204 ", "OPTIONS", "*", ""},
		"own":      {"BREW //x/../y HTTP/1.1\r\n" + head + "\r\n", "HTTP/1.1 204 ", "BREW", "//x/../y", ""},
		"HTTP/1.0": {"POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.0 204 ", "POST", "/", "x"},
		"chunked": {"POST / HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n3\r\na\"}\r\n0\r\n\r\n",
			"HTTP/1.1 204 ", "POST", "/", `{"a"}`},
		"asks first": {"POST / HTTP/1.1\r\n" + head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 ", "POST", "/", "{}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			reply := r.raw(t, test.request)
			if !strings.HasPrefix(reply, test.status) || strings.Contains(reply, "Content-") {
				t.Errorf("answered %q", reply)
			}
			x := <-r.receptions
			if x.Method != test.method || x.Path != test.path || string(x.Body) != test.body || x.Status != 204 || x.Outcome != Accepted || x.Took <= 0 {
				t.Errorf("%+v", x)
			}
		})
	}
	if len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}
}

func TestPipelining(t *testing.T) {
	r := start(t, Options{Reply: Reply{Body: []byte("ok")}})
	one := "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
	last := "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
	if n := strings.Count(r.raw(t, one+one+last), "HTTP/1.1 200 OK\r\n"); n != 3 {
		t.Errorf("%d answers, want 3", n)
	}
	for n := int64(1); n <= 3; n++ {
		if x := <-r.receptions; x.N != n {
			t.Errorf("number %d, want %d", x.N, n)
		}
	}
}

func TestMalformed(t *testing.T) {
	r := start(t, Options{Limits: Limits{Headers: 1000}})
	tests := map[string]struct{ request, status, reason string }{
		"no HTTP":       {"hello\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request"},
		"no host":       {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "missing required Host header"},
		"bad header":    {"GET / HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request"},
		"two lengths":   {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 400 ", "400 Bad Request"},
		"other coding":  {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 ", "Unsupported transfer encoding"},
		"other version": {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "HTTP/1.1 505 ", "505 HTTP Version Not Supported"},
		"expectation":   {"POST / HTTP/1.1\r\nHost: h\r\nExpect: the worst\r\n\r\n", "HTTP/1.1 417 ", "417 Expectation Failed"},
		"long header":   {"GET / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 8000) + "\r\n\r\n", "HTTP/1.1 431 ", "431 Request Header"},
		"after another": {"GET / HTTP/1.1\r\nHost: h\r\n\r\nhello\r\n\r\n", "HTTP/1.1 204 ", "400 Bad Request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if reply := r.raw(t, test.request); !strings.HasPrefix(reply, test.status) {
				t.Errorf("answered %q", reply)
			}
			if m := <-r.malformed; !strings.Contains(m.Reason, test.reason) || m.Remote == "" || m.At.IsZero() {
				t.Errorf("%+v", m)
			}
		})
	}
	if err := r.stop(); err != nil || len(r.malformed) > 0 {
		t.Errorf("%v, %d more", err, len(r.malformed))
	}
}

func TestSlowSenders(t *testing.T) {
	r := start(t, Options{Limits: Limits{Request: 30 * time.Millisecond, Idle: 20 * time.Millisecond}})
	t.Run("silent", func(t *testing.T) {
		if reply := r.raw(t, ""); reply != "" {
			t.Errorf("answered %q", reply)
		}
	})
	t.Run("half a head", func(t *testing.T) {
		if reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h"); reply != "" {
			t.Errorf("answered %q", reply)
		}
		if m := <-r.malformed; m.Reason != "no whole request came within 30ms" {
			t.Errorf("%+v", m)
		}
	})
	t.Run("half a body", func(t *testing.T) {
		reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
		if !strings.HasPrefix(reply, "HTTP/1.1 408 ") || !strings.Contains(reply, "Connection: close\r\n") {
			t.Errorf("answered %q", reply)
		}
		if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 408 || x.Problem != "the body did not end within 30ms" {
			t.Errorf("%+v", x)
		}
	})
	t.Run("idle afterwards", func(t *testing.T) {
		if reply := r.raw(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(reply, "HTTP/1.1 204 ") {
			t.Errorf("answered %q", reply)
		}
		<-r.receptions
	})
	if len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}
}

func TestBrokenBodies(t *testing.T) {
	r := start(t, Options{})
	reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
	if x := <-r.receptions; !strings.HasPrefix(reply, "HTTP/1.1 400 ") || x.Outcome != Incomplete || x.Status != 400 {
		t.Errorf("answered %q, %+v", reply, x)
	}
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
	c.Close()
	if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 0 || !strings.Contains(x.Problem, "closed the connection") {
		t.Errorf("%+v", x)
	}
}

func TestConnectionLimit(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 2}})
	first, second := r.dial(t), r.dial(t)
	roundTrip(t, first)
	roundTrip(t, second)
	third := r.dial(t) // the system takes it, the server does not
	io.WriteString(third, "GET /third HTTP/1.1\r\nHost: h\r\n\r\n")
	roundTrip(t, first)
	for range 3 {
		if x := <-r.receptions; x.Path != "/" {
			t.Fatalf("%s came through", x.Path)
		}
	}
	first.Close()
	if x := <-r.receptions; x.Path != "/third" {
		t.Errorf("got %s", x.Path)
	}
}

// roundTrip makes a request on a connection and reads the answer.
func roundTrip(t testing.TB, c net.Conn) *http.Response {
	t.Helper()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	reply, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestStopDrains(t *testing.T) {
	delaying := make(chan struct{})
	r := start(t, Options{Delay: time.Hour, Sleep: func(ctx context.Context, d time.Duration) error {
		close(delaying)
		<-ctx.Done() // the hour is not over when the server is to stop
		return ctx.Err()
	}})
	unused, inHand := r.dial(t), r.dial(t)
	io.WriteString(inHand, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	<-delaying
	if err := r.stop(); err != nil {
		t.Errorf("got %v", err)
	}
	if reply := readAll(t, inHand); !strings.HasPrefix(reply, "HTTP/1.1 204 ") {
		t.Errorf("answered %q", reply)
	}
	if reply := readAll(t, unused); reply != "" {
		t.Errorf("answered %q", reply)
	}
	if x := <-r.receptions; x.Status != 204 || x.Outcome != Accepted {
		t.Errorf("%+v", x)
	}
}

func TestStopCutsOff(t *testing.T) {
	for name, abort := range map[string]bool{"grace is over": false, "aborted": true} {
		t.Run(name, func(t *testing.T) {
			reading := make(chan struct{})
			options := Options{}
			if !abort {
				options.Limits.Grace = 10 * time.Millisecond
			}
			options.Fault = func(int64) Fault { return Fault{} }
			options.Forward = endlessTarget(t, reading)
			r := start(t, options)
			c := r.dial(t)
			io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
			<-reading
			if abort {
				r.Abort()
			}
			if err := r.stop(); !errors.Is(err, ErrAborted) && !abort {
				t.Errorf("got %v", err)
			}
			if x := <-r.receptions; x.Outcome != NotForwarded && x.Outcome != Unanswered {
				t.Errorf("%+v", x)
			}
		})
	}
}

func TestAcceptFails(t *testing.T) {
	server, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := server.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "accept connections: ") {
		t.Errorf("got %v", err)
	}
}

func TestManySenders(t *testing.T) {
	r := start(t, Options{})
	const senders, each = 64, 10
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for range each {
				if reply := post(t, r.url("/"), ticketEvent); reply.StatusCode != 204 {
					t.Errorf("answered %d", reply.StatusCode)
				}
			}
		})
	}
	all.Wait()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	close(r.receptions)
	seen := map[int64]bool{}
	for x := range r.receptions {
		seen[x.N] = true
	}
	if len(seen) != senders*each || !seen[1] || !seen[senders*each] {
		t.Errorf("%d receptions, want %d", len(seen), senders*each)
	}
}
