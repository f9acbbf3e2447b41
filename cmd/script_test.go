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
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"

	"gotest.tools/v3/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		cli.Program: func() { os.Exit(Main(cli.Build{Version: "test"})) },
	})
}

// TestScripts runs each testdata/*.txtar: the real program, as a process, against
// real sockets.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: golden.FlagUpdate(),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"endpoint": endpoint,
			"twice":    twice,
			"stale":    stale,
			"requests": requests,
			"listener": startListener,
			"stopped":  stopListener,
		},
		Setup: func(env *testscript.Env) error {
			env.Values[inboxKey{}] = &inbox{}
			env.Values[listenerKey{}] = new(*listener)
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("NO_COLOR", "")
			env.Setenv("COLUMNS", "")
			return nil
		},
	})
}

// inbox holds the requests that the endpoint of a script has got.
type inbox struct {
	mu   sync.Mutex
	text strings.Builder
	n    int
}

type inboxKey struct{}

func (b *inbox) empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n = 0
	b.text.Reset()
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
	served := func(conn net.Conn) {
		defer conn.Close()
		in := bufio.NewReader(conn)
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		box.take(request)
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		in.ReadByte() // of the second
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go served(conn)
		}
	}()
	ts.Setenv("ENDPOINT", l.Addr().String())
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
