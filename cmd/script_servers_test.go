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

// inbox contains the requests that the endpoint of a script received.
type inbox struct {
	mu   sync.Mutex
	text strings.Builder
	wire strings.Builder // the exact bytes that a raw server received
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

// add stores a request and returns its number, from 1.
func (b *inbox) add(req *http.Request) int {
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

// endpoint starts a server with the named responses, the last one repeated, and sets
// $ENDPOINT to its address: endpoint 500 204. A response can have a body: 200:hello.
func endpoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: endpoint STATUS[:BODY]...")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.empty()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response := args[min(box.add(r), len(args))-1]
		status, body, _ := strings.Cut(response, ":")
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

// twice starts a server, as $ENDPOINT, that sends two responses to each request, with a header
// of the request.
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
		response := "HTTP/1.1 200 OK\r\nX-Got: " + r.Header.Get("X-Api-Key") + "\r\nContent-Length: 0\r\n\r\n"
		buffered.WriteString(response + response)
		buffered.Flush()
		io.Copy(io.Discard, buffered) // until the sender disconnects
	}))
	ts.Defer(server.Close)
	ts.Setenv("ENDPOINT", strings.TrimPrefix(server.URL, "http://"))
}

// stale starts a server, as $ENDPOINT, that returns 204 for the first request of each connection,
// and closes the connection at the second without a response.
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
		box.add(request)
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		in.ReadByte() // of the second
	})
}

// raw starts a server, as $ENDPOINT, that responds to its Nth request with the bytes of the Nth
// FILE, the last one repeated, and closes the connection: raw FILE... Lines in the head of a
// FILE, and in all of a chunked one, end with CR LF.
func raw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: raw FILE...")
	}
	var responses []string
	for _, name := range args {
		head, body, isHTTP := strings.Cut(ts.ReadFile(name), "\n\n")
		if isHTTP {
			head = strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n"
		}
		if strings.Contains(head, "chunked") {
			body = strings.ReplaceAll(body, "\n", "\r\n")
		}
		responses = append(responses, head+body)
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.empty()
	serve(ts, func(conn net.Conn) {
		var received strings.Builder
		request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &received)))
		if err != nil {
			return
		}
		n := box.add(request)
		box.mu.Lock()
		box.wire.WriteString(received.String() + "\n")
		box.mu.Unlock()
		io.WriteString(conn, responses[min(n, len(responses))-1])
	})
}

// wire writes the exact bytes that the last raw server received to a file: wire FILE.
func wire(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: wire FILE")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.mu.Lock()
	defer box.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(box.wire.String()), 0o644))
}

// mute starts a server, as $ENDPOINT, that accepts every request and never responds.
func mute(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: mute")
	}
	serve(ts, func(conn net.Conn) { io.Copy(io.Discard, conn) })
}

// serve calls handle for each connection to a local port, whose address is $ENDPOINT, and closes
// the connection afterwards.
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

// endpoint6 starts a server on [::1] only, which returns 204; $PORT6 is its port.
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

// requests writes the requests of the last endpoint to a file: requests FILE.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests FILE")
	}
	box := ts.Value(inboxKey{}).(*inbox)
	box.mu.Lock()
	defer box.mu.Unlock()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(box.text.String()), 0o644))
}

// releases starts a server with the releases in a directory, DIR/v1.2.3/FILE, of which the named
// tag is the latest; $RELEASES is its URL: releases DIR v1.2.3.
func releases(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: releases DIR TAG")
	}
	mux := http.NewServeMux()
	mux.Handle("/latest", http.RedirectHandler("/tag/"+args[1], http.StatusFound))
	mux.HandleFunc("/tag/", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/download/", http.StripPrefix("/download/", http.FileServer(http.Dir(ts.MkAbs(args[0])))))
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("RELEASES", server.URL)
}
