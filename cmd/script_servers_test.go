package cmd

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// inbox holds the requests that the endpoint of a script has got.
type inbox struct {
	mu   sync.Mutex
	text strings.Builder
	wire strings.Builder // the exact bytes that a raw server has got
	n    int
}

type inboxKey struct{}

func (b *inbox) empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n = 0
	b.text.Reset()
	b.wire.Reset()
}

// take notes a request and returns its number, from 1.
func (b *inbox) take(req *http.Request) int {
	body, _ := io.ReadAll(req.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	b.text.WriteString(req.Method + " " + req.RequestURI + "\n")
	for _, name := range []string{"User-Agent", "Content-Type", "X-Api-Key", "X-Team"} {
		for _, value := range req.Header.Values(name) {
			b.text.WriteString(name + ": " + value + "\n")
		}
	}
	b.text.WriteString(string(body) + "\n")
	return b.n
}

// endpoint starts a server that gives the answers named, the last one for ever,
// and puts its address into $ENDPOINT: endpoint 500 204. An answer can have a
// body: 200:hello.
func endpoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: endpoint STATUS[:BODY]...")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.empty()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := args[min(box.take(r), len(args))-1]
		status, body, _ := strings.Cut(answer, ":")
		code, _ := strconv.Atoi(status)
		if code/100 == 3 {
			w.Header().Set("Location", body)
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}))
	ts.Defer(server.Close)
	ts.Setenv("ENDPOINT", strings.TrimPrefix(server.URL, "http://"))
}

// twice starts a server that answers each request twice over, and repeats a header of it,
// as $ENDPOINT.
func twice(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: twice")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		answer := "HTTP/1.1 200 OK\r\nX-Got: " + r.Header.Get("X-Api-Key") + "\r\nContent-Length: 0\r\n\r\n"
		buffered.WriteString(answer + answer)
		buffered.Flush()
		io.Copy(io.Discard, buffered) // until the sender leaves
	}))
	ts.Defer(server.Close)
	ts.Setenv("ENDPOINT", strings.TrimPrefix(server.URL, "http://"))
}

// stale starts a server that answers the first request of each connection with 204, as if it
// kept the connection, and closes at the second without a word, as $ENDPOINT.
func stale(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: stale")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.empty()
	serve(ts, func(conn net.Conn) {
		in := bufio.NewReader(conn)
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		box.take(request)
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		in.ReadByte() // of the second
	})
}

// raw starts a server that answers its Nth request with the bytes of the Nth FILE, the last
// one for ever, and closes the connection, as $ENDPOINT: raw FILE... In the head of a FILE,
// and in all of a chunked one, a line ends as HTTP wants it.
func raw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: raw FILE...")
	}
	var answers []string
	for _, name := range args {
		head, body, isHTTP := strings.Cut(ts.ReadFile(name), "\n\n")
		if isHTTP {
			head = strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n"
		}
		if strings.Contains(head, "chunked") {
			body = strings.ReplaceAll(body, "\n", "\r\n")
		}
		answers = append(answers, head+body)
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.empty()
	serve(ts, func(conn net.Conn) {
		var got strings.Builder
		request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &got)))
		if err != nil {
			return
		}
		n := box.take(request)
		box.mu.Lock()
		box.wire.WriteString(got.String() + "\n")
		box.mu.Unlock()
		io.WriteString(conn, answers[min(n, len(answers))-1])
	})
}

// wire writes the exact bytes that the last raw server has got to a file: wire FILE.
func wire(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: wire FILE")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.mu.Lock()
	defer box.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(box.wire.String()), 0o644))
}

// mute starts a server that takes every request and never responds, as $ENDPOINT.
func mute(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: mute")
	}
	serve(ts, func(conn net.Conn) { io.Copy(io.Discard, conn) })
}

// serve hands each connection to a port of this machine, whose address is $ENDPOINT, to
// handle, and closes it afterwards.
func serve(ts *testscript.TestScript, handle func(net.Conn)) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
	ts.Setenv("ENDPOINT", l.Addr().String())
}

// endpoint6 starts a server on [::1] alone, which answers 204; $PORT6 is its port.
func endpoint6(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: endpoint6")
	}
	l, err := net.Listen("tcp", "[::1]:0")
	ts.Check(err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})}
	ts.Defer(func() { server.Close() })
	go server.Serve(l)
	ts.Setenv("PORT6", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}

// requests writes what the last endpoint has got to a file: requests FILE.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests FILE")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.mu.Lock()
	defer box.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(box.text.String()), 0o644))
}
