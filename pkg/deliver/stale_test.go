package deliver

import (
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// stale is a server that answers the first request of each connection, and reads the second
// before it closes, as one does whose time for idle connections is just over.
func stale(t *testing.T, atSecond func(net.Listener)) (url string, requests *atomic.Int32) {
	t.Helper()
	l := listen(t)
	requests = new(atomic.Int32)
	serve(l, func(conn net.Conn) {
		for n := range 2 {
			if _, err := readRequest(conn); err != nil {
				return
			}
			requests.Add(1)
			if n == 0 {
				io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
				continue
			}
			atSecond(l)
		}
	})
	return "http://" + l.Addr().String() + "/", requests
}

// hastyClient takes a connection for one that rested at once.
func hastyClient(t *testing.T) *Client {
	client := newClient(t, TLSOptions{})
	client.rested = 0
	return client
}

// Who hangs up in the middle of a burst has met trouble.
func TestABusyConnectionIsNotReplaced(t *testing.T) {
	url, requests := stale(t, func(net.Listener) {})
	client := newClient(t, TLSOptions{})
	client.rested = time.Hour
	send(t, client, url, "{}")
	got := send(t, client, url, "{}")
	if got.Failure == nil || got.Failure.Kind != KindReset || got.Replaced || requests.Load() != 2 {
		t.Errorf("%+v, %v, %d requests", got, got.Failure, requests.Load())
	}
}

func TestAStaleConnectionIsReplaced(t *testing.T) {
	url, requests := stale(t, func(net.Listener) {})
	client := hastyClient(t)
	for n := range 3 {
		if got := send(t, client, url, "{}"); !got.Accepted() || got.Timings.Reused || got.Replaced != (n > 0) {
			t.Errorf("%d: %+v", n, got)
		}
	}
	if n := requests.Load(); n != 5 {
		t.Errorf("%d requests came, want 5", n)
	}
}

// Who hangs up after a while has read the request, and is not asked again.
func TestALateHangUpIsNoStaleConnection(t *testing.T) {
	var late atomic.Int64
	url, requests := stale(t, func(net.Listener) { late.Store(int64(promptly)) })
	client := hastyClient(t)
	client.now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	send(t, client, url, "{}")
	got := send(t, client, url, "{}")
	if got.Failure == nil || got.Failure.Kind != KindReset || got.Replaced || requests.Load() != 2 {
		t.Errorf("%+v, %v, %d requests", got, got.Failure, requests.Load())
	}
}

// A server that ends over the request is not there for another one.
func TestACrashIsNoStaleConnection(t *testing.T) {
	url, requests := stale(t, func(l net.Listener) { l.Close() })
	client := hastyClient(t)
	send(t, client, url, "{}")
	got := send(t, client, url, "{}")
	if got.Failure == nil || got.Failure.Kind != KindReset || requests.Load() != 2 {
		t.Errorf("%+v, %v, %d requests", got, got.Failure, requests.Load())
	}
}
