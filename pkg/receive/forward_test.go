package receive

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

func TestForwardURL(t *testing.T) {
	tests := map[string]struct {
		target, request string
		onePath         bool
		want            string
	}{
		"no path":               {"http://h:1", "/hooks/", false, "http://h:1/hooks/"},
		"root":                  {"http://h/", "/hooks/", false, "http://h/hooks/"},
		"behind a path":         {"http://h/a/", "/hooks/", false, "http://h/a/hooks/"},
		"behind, no slash":      {"http://h/a", "/hooks", false, "http://h/a/hooks"},
		"request for the root":  {"http://h/a/b", "/", false, "http://h/a/b"},
		"root to no path":       {"http://h", "/", false, "http://h/"},
		"queries":               {"http://h/a?x=1", "/b?y=%7e+&z", false, "http://h/a/b?x=1&y=%7e+&z"},
		"request's query":       {"http://h/a", "/?y", false, "http://h/a?y"},
		"escapes":               {"http://h/a%2Fb", "/c%20d%2F..//e", false, "http://h/a%2Fb/c%20d%2F..//e"},
		"one path":              {"http://h/api", "/hooks/", true, "http://h/api"},
		"one path, with query":  {"http://h/api?k=v", "/hooks/?a", true, "http://h/api?k=v&a"},
		"one path, no target's": {"http://h", "/hooks/", true, "http://h/hooks/"},
		"asterisk":              {"http://h/a", "*", false, "http://h/a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target, err := deliver.ParseURL(test.target)
			if err != nil {
				t.Fatal(err)
			}
			request, err := url.ParseRequestURI(test.request)
			if err != nil {
				t.Fatal(err)
			}
			options := Options{Forward: &Forwarder{Target: target}}
			if test.onePath {
				options.Path = "/hooks/"
			}
			if got := options.ForwardURL(request).String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func forwarder(t testing.TB, target string) *Forwarder {
	t.Helper()
	u, err := deliver.ParseURL(target)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	KeepConnectionHeader(transport)
	t.Cleanup(transport.CloseIdleConnections)
	return &Forwarder{Target: u, Client: deliver.NewClient(transport, time.Now), Timeout: 10 * time.Second}
}

// rawTarget is a server that sends one response and passes on the request it got.
func rawTarget(t testing.TB, response string) (addr string, requests <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		var text strings.Builder
		req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(in, &text)))
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		got <- text.String()
		io.WriteString(c, response)
	}()
	return l.Addr().String(), got
}

func endlessTarget(t testing.TB, reading chan<- struct{}) *Forwarder {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(reading)
		<-release
	}))
	t.Cleanup(func() {
		close(release)
		server.Close()
	})
	return forwarder(t, server.URL)
}

func TestForwardIsFaithful(t *testing.T) {
	addr, requests := rawTarget(t, "HTTP/1.1 103 Early\r\nConnection: X-Not\r\n\r\nHTTP/1.1 418 Short and stout\r\nX-Response: a\r\nX-Response: b\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n\r\ntea!")
	r := start(t, Options{Forward: forwarder(t, "http://me:pw@"+addr+"/app")})
	resp := r.raw(t, "PUT /hooks/?a=%7e HTTP/1.1\r\nHost: listener\r\nContent-Type: application/JSON\r\nX-Twice: 1\r\nX-Twice: 2\r\n"+
		"Connection: close, x-mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n"+
		"Transfer-Encoding: chunked\r\n\r\n3\r\n\xff{}\r\n0\r\n\r\n")
	want := strings.Join([]string{"PUT /app/hooks/?a=%7e HTTP/1.1", "Host: " + addr, "Content-Length: 3",
		"Authorization: Basic bWU6cHc=", "Content-Type: application/JSON", "X-Twice: 1", "X-Twice: 2", "", "\xff{}"}, "\r\n")
	if diff := cmp.Diff(want, <-requests); diff != "" {
		t.Error(diff)
	}
	head, body, _ := strings.Cut(strings.TrimPrefix(resp, "HTTP/1.1 100 Continue\r\n\r\n"), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	if lines[0] != "HTTP/1.1 418 I'm a teapot" || body != "tea!" || !strings.Contains(head, "X-Response: a\r\nX-Response: b") ||
		strings.Contains(head, "X-Hop") || strings.Contains(head, "Content-Type") {
		t.Errorf("got %q", resp)
	}
	x := <-r.receptions
	if x.Status != 418 || x.Forwarded == nil || x.Forwarded.Status != 418 || x.Forwarded.Took <= 0 || x.Outcome != Accepted {
		t.Errorf("%+v, %+v", x, x.Forwarded)
	}
	if got := x.Forwarded.Headers["Connection"]; !slices.Equal(got, []string{"close, X-Hop"}) {
		t.Errorf("the response's Connection header is %q", got)
	}
}

func TestForwardWithoutBody(t *testing.T) {
	addr, requests := rawTarget(t, "HTTP/1.1 204 No Content\r\n\r\n")
	r := start(t, Options{Forward: forwarder(t, addr)})
	r.raw(t, "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUser-Agent: mine\r\n\r\n")
	if got, want := <-requests, "GET /x HTTP/1.1\r\nHost: "+addr+"\r\nUser-Agent: mine\r\n\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestForwardFails(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	silent, _ := rawTarget(t, "")
	half, _ := rawTarget(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
	nonsense, _ := rawTarget(t, "HTTP/1.1 099 What\r\n\r\n")
	tests := map[string]struct {
		addr    string
		status  int
		kind    deliver.Kind
		problem string
	}{
		"dead":     {dead.Addr().String(), 0, deliver.KindRefused, "not forwarded: connection refused by ADDR"},
		"silent":   {silent, 0, deliver.KindReset, "not forwarded: ADDR closed the connection before the response"},
		"half":     {half, 200, deliver.KindReset, "not forwarded: ADDR closed the connection during the response"},
		"nonsense": {nonsense, 99, "", "not forwarded: the endpoint responded with status 99, which cannot be returned"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			recorded := 0
			r := start(t, Options{Forward: forwarder(t, test.addr), Record: func(e recording.Entry) (recording.Place, error) {
				recorded = e.Status
				return recording.Place{}, nil
			}})
			if got := post(t, r.url("/"), ticketEvent).StatusCode; got != 502 || recorded != 502 {
				t.Errorf("got %d, recorded %d", got, recorded)
			}
			x := <-r.receptions
			if x.Outcome != NotForwarded || x.Problem != strings.ReplaceAll(test.problem, "ADDR", test.addr) || x.Forwarded.Status != test.status {
				t.Errorf("%+v, %+v", x, x.Forwarded)
			}
			if f := x.Forwarded.Failure; test.kind != "" && (f == nil || f.Kind != test.kind) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A sender that disconnects is not a failure of the target.
func TestForwardSenderDisconnects(t *testing.T) {
	asked := make(chan net.Conn, 1)
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	go func() {
		if c, err := target.Accept(); err == nil {
			asked <- c
		}
	}()
	r := start(t, Options{Forward: forwarder(t, target.Addr().String())})
	sender := r.dial(t)
	io.WriteString(sender, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	c := <-asked
	defer c.Close()
	sender.Close()
	if x := <-r.receptions; x.Outcome != NoResponse || x.Problem != "the sender disconnected before the endpoint's response" {
		t.Errorf("%+v", x)
	}
}

func TestForwardLongResponse(t *testing.T) {
	long := strings.Repeat("x", 5*bufferedResponse)
	addr, _ := rawTarget(t, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+long)
	r := start(t, Options{Forward: forwarder(t, addr)})
	if got := readAll(t, post(t, r.url("/"), ticketEvent).Body); got != long {
		t.Errorf("got %d bytes, want %d", len(got), len(long))
	}
	if f := (<-r.receptions).Forwarded; string(f.Body) != long[:bufferedResponse] || !f.Truncated {
		t.Errorf("%d bytes are kept, truncated: %v", len(f.Body), f.Truncated)
	}
}

// late lets a response be read until the delay begins: the delay would use up the target's time.
type late struct {
	http.RoundTripper
	delayed atomic.Bool
}

func (l *late) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = lateBody{resp.Body, l}
	}
	return resp, err
}

type lateBody struct {
	io.ReadCloser
	late *late
}

func (b lateBody) Read(p []byte) (int, error) {
	if b.late.delayed.Load() {
		return 0, context.DeadlineExceeded
	}
	return b.ReadCloser.Read(p)
}

func TestForwardLongResponseAndDelay(t *testing.T) {
	long := strings.Repeat("x", 5*bufferedResponse)
	addr, _ := rawTarget(t, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+long)
	f := forwarder(t, addr)
	l := &late{RoundTripper: &http.Transport{DisableKeepAlives: true}}
	f.Client = deliver.NewClient(l, time.Now)
	r := start(t, Options{Forward: f, Delay: time.Hour, Sleep: func(context.Context, time.Duration) error {
		l.delayed.Store(true)
		return nil
	}})
	if got := readAll(t, post(t, r.url("/"), ticketEvent).Body); got != long {
		t.Errorf("got %d bytes, want %d", len(got), len(long))
	}
	if f := (<-r.receptions).Forwarded; string(f.Body) != long[:bufferedResponse] || !f.Truncated {
		t.Errorf("%d bytes are kept, truncated: %v", len(f.Body), f.Truncated)
	}
}

func TestForwardTruncated(t *testing.T) {
	addr, _ := rawTarget(t, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("x", 2*bufferedResponse))
	r := start(t, Options{Forward: forwarder(t, addr)})
	resp := post(t, r.url("/"), ticketEvent)
	if _, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || err == nil {
		t.Errorf("got %d as if whole", resp.StatusCode)
	}
	x := <-r.receptions
	if x.Outcome != NotForwarded || x.Status != 200 || x.Forwarded.Failure == nil || x.Forwarded.Failure.Kind != deliver.KindReset {
		t.Errorf("%+v, %+v", x, x.Forwarded)
	}
}

func TestSenderDisconnectsDuringTheResponse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		for {
			if _, err := w.Write(make([]byte, bufferedResponse)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	r := start(t, Options{Forward: forwarder(t, server.URL)})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != 400 {
		t.Fatalf("%+v, %v", resp, err)
	}
	c.Close()
	x := <-r.receptions
	if x.Outcome != NoResponse || x.Status != 400 || x.Problem != "the sender disconnected during the response" || len(x.Response.Body) != bufferedResponse {
		t.Errorf("%s, %d, %s, %d bytes", x.Outcome, x.Status, x.Problem, len(x.Response.Body))
	}
}

// Trailers are forwarded both ways, announced or not, and the response is kept.
func TestForwardTrailers(t *testing.T) {
	addr, requests := rawTarget(t, "HTTP/1.1 422 No\r\nTransfer-Encoding: chunked\r\nTrailer: X-Told\r\n\r\n3\r\nno!\r\n0\r\nX-Told: 1\r\nX-Unreported: 2\r\n\r\n")
	r := start(t, Options{Forward: forwarder(t, addr)})
	resp := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Mine\r\n\r\n2\r\n{}\r\n0\r\nX-Mine: 3\r\n\r\n")
	if !strings.Contains(resp, "\r\nTrailer: X-Told\r\n") || !strings.Contains(resp, "3\r\nno!\r\n0\r\n") ||
		!strings.Contains(resp, "\r\nX-Told: 1\r\n") || !strings.HasSuffix(resp, "\r\nX-Unreported: 2\r\n\r\n") {
		t.Errorf("got %q", resp)
	}
	if got := <-requests; !strings.HasSuffix(got, "2\r\n{}\r\n0\r\nX-Mine: 3\r\n\r\n") {
		t.Errorf("forwarded %q", got)
	}
	f := (<-r.receptions).Forwarded
	if string(f.Body) != "no!" || f.Truncated {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff(map[string][]string{"Transfer-Encoding": {"chunked"}, "Trailer": {"X-Told"}}, f.Headers); diff != "" {
		t.Error(diff)
	}
}
