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

func TestAnyRequestIsAccepted(t *testing.T) {
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
		"expects 100": {"POST / HTTP/1.1\r\n" + head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 ", "POST", "/", "{}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resp := r.raw(t, test.request)
			if !strings.HasPrefix(resp, test.status) || strings.Contains(resp, "Content-") {
				t.Errorf("got %q", resp)
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
	r := start(t, Options{Response: Response{Body: []byte("ok")}})
	one := "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
	last := "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
	if n := strings.Count(r.raw(t, one+one+last), "HTTP/1.1 200 OK\r\n"); n != 3 {
		t.Errorf("%d responses, want 3", n)
	}
	for n := int64(1); n <= 3; n++ {
		if x := <-r.receptions; x.N != n {
			t.Errorf("number %d, want %d", x.N, n)
		}
	}
}

func TestConnectionLimit(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 2}})
	first, second := r.dial(t), r.dial(t)
	for _, c := range []net.Conn{first, second} {
		io.WriteString(c, "GET /")
	}
	<-r.begun
	<-r.begun
	io.WriteString(r.dial(t), "GET /third HTTP/1.1\r\nHost: h\r\n\r\n")
	if m := <-r.malformed; m.Reason != "all 2 connections are in use; new senders wait until one is closed" {
		t.Errorf("%+v", m)
	}
	io.WriteString(second, "second HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	for _, want := range []string{"/second", "/third"} {
		if x := <-r.receptions; x.Path != want {
			t.Errorf("got %s, want %s", x.Path, want)
		}
	}
}

// roundTrip makes a request on a connection and reads the response.
func roundTrip(t testing.TB, c net.Conn) *http.Response {
	t.Helper()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	return resp
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
	if resp := readAll(t, inHand); !strings.HasPrefix(resp, "HTTP/1.1 204 ") {
		t.Errorf("got %q", resp)
	}
	if resp := readAll(t, unused); resp != "" {
		t.Errorf("got %q", resp)
	}
	if x := <-r.receptions; x.Status != 204 || x.Outcome != Accepted {
		t.Errorf("%+v", x)
	}
}

func TestStopAborts(t *testing.T) {
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
				r.abort()
			}
			if err := r.stop(); !errors.Is(err, ErrAborted) && !abort {
				t.Errorf("got %v", err)
			}
			if x := <-r.receptions; x.Outcome != NotForwarded && x.Outcome != NoResponse {
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
				if resp := post(t, r.url("/"), ticketEvent); resp.StatusCode != 204 {
					t.Errorf("got %d", resp.StatusCode)
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
