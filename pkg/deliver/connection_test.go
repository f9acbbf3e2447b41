package deliver

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

// connections is a server that counts connections and keeps requests. It responds to the given number of
// requests on each connection, reads one more, and closes without a response.
type connections struct {
	url string

	mu       sync.Mutex
	opened   int
	requests []string
}

func countConnections(t *testing.T, responses int) *connections {
	t.Helper()
	l := delivertest.Listen(t)
	c := &connections{url: "http://" + l.Addr().String() + "/"}
	delivertest.Serve(l, func(conn net.Conn) {
		c.mu.Lock()
		c.opened++
		c.mu.Unlock()
		for n := range responses + 1 {
			request, err := delivertest.ReadRequest(conn)
			if err != nil {
				return
			}
			c.mu.Lock()
			c.requests = append(c.requests, string(request))
			c.mu.Unlock()
			if n < responses {
				io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			}
		}
	})
	return c
}

func (c *connections) seen() (opened int, requests []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened, c.requests
}

func keepAliveClient(t *testing.T, kept int) *Client {
	t.Helper()
	transport, err := NewTransport(t.Context(), Network{}, kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return NewClient(transport, time.Now)
}

// Nothing on the wire shows whether a connection is kept alive.
func TestConnectionsAreKeptOnDemand(t *testing.T) {
	for kept, want := range map[int]int{0: 3, 1: 1} {
		server := countConnections(t, 3)
		client := keepAliveClient(t, kept)
		for range 3 {
			if got := send(t, client, server.url, "{}"); !got.Accepted() {
				t.Errorf("%+v", got.Failure)
			}
		}
		opened, requests := server.seen()
		if opened != want || len(requests) != 3 {
			t.Errorf("keeping %d: %d requests over %d connections", kept, len(requests), opened)
		}
		head := "POST / HTTP/1.1\r\nHost: ADDR\r\nUser-Agent: Cloud Apizee\r\nContent-Length: 2\r\nAccept: */*\r\nContent-Type: application/JSON\r\n\r\n{}"
		for _, request := range requests {
			if want := strings.Replace(head, "ADDR", strings.TrimSuffix(strings.TrimPrefix(server.url, "http://"), "/"), 1); request != want {
				t.Errorf("keeping %d: %q was sent, want %q", kept, request, want)
			}
		}
	}
}

// A server may close an idle connection at any time, possibly while the next request is in flight.
func TestNothingIsLostWithAConnection(t *testing.T) {
	for kept, want := range map[int]int{0: 3, 1: 5} {
		server := countConnections(t, 1)
		client := keepAliveClient(t, kept)
		for n := range 3 {
			if got := send(t, client, server.url, "{}"); !got.Accepted() || got.Timings.Reused {
				t.Errorf("keeping %d: %d: %+v, %v", kept, n, got, got.Failure)
			}
		}
		if opened, requests := server.seen(); opened != 3 || len(requests) != want {
			t.Errorf("keeping %d: %d requests came over %d connections", kept, len(requests), opened)
		}
	}
}

func TestNothingPassedIsLostWithAConnection(t *testing.T) {
	server := countConnections(t, 1)
	client := keepAliveClient(t, 1)
	for range 3 {
		req, err := http.NewRequest(http.MethodPost, server.url, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Pass(t.Context(), req, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	_, requests := server.seen()
	if len(requests) != 5 {
		t.Errorf("%d requests came", len(requests))
	}
}

// A lack of resources on this machine is not a failure of the endpoint.
func TestFailureOfPorts(t *testing.T) {
	for _, number := range noPortErrnos() {
		transport, err := NewTransport(t.Context(), Network{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: number}
		}
		target := parseTarget(t, "http://127.0.0.1:1")
		got := NewClient(transport, time.Now).Deliver(t.Context(), Request{Target: target}, 0)
		checkFailure(t, got, target, KindOther, "no free local port for a connection to ADDR", "for about a minute keep-alive")
	}
}

// A long body is partly written when the server resets a kept-alive connection.
func TestALongBodyIsNotLostWithAConnection(t *testing.T) {
	l := delivertest.Listen(t)
	var whole atomic.Int64
	delivertest.Serve(l, func(conn net.Conn) {
		if request, err := delivertest.ReadRequest(conn); err != nil || len(request) < 1<<20 {
			return
		}
		whole.Add(1)
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		io.ReadFull(conn, make([]byte, 1))
		conn.(*net.TCPConn).SetLinger(0)
	})
	client := keepAliveClient(t, 1)
	for n := range 3 {
		if got := send(t, client, "http://"+l.Addr().String()+"/", strings.Repeat(" ", 4<<20)); !got.Accepted() {
			t.Errorf("%d: %+v", n, got.Failure)
		}
	}
	if whole.Load() != 3 {
		t.Errorf("%d came", whole.Load())
	}
}
