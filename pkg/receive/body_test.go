package receive

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestBodiesTogether has a sender that reserves all the room for bodies and stalls.
func TestBodiesTogether(t *testing.T) {
	const room = 1 << 20
	long := strings.Repeat(" ", room-len(ticketEvent)) + ticketEvent
	begin := func(t *testing.T, r *running) net.Conn {
		c := r.dial(t)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", room, long[:room/2])
		for r.bodies.TryAcquire(1) {
			r.bodies.Release(1)
			runtime.Gosched()
		}
		return c
	}
	t.Run("others wait", func(t *testing.T) {
		r := start(t, Options{Limits: Limits{Body: room, Bodies: 1}})
		first := begin(t, r)
		second := make(chan int, 1)
		go func() {
			resp, err := http.Post(r.url("/"), "application/JSON", io.MultiReader(strings.NewReader(long))) // in chunks
			if err != nil {
				second <- 0
				return
			}
			resp.Body.Close()
			second <- resp.StatusCode
		}()
		if got := post(t, r.url("/"), ticketEvent).StatusCode; got != 204 {
			t.Errorf("a short event got %d", got)
		}
		io.WriteString(first, long[room/2:])
		if resp := readAll(t, first); !strings.HasPrefix(resp, "HTTP/1.1 204 ") {
			t.Errorf("got %q", resp)
		}
		if got := <-second; got != 204 {
			t.Errorf("who waited got %d", got)
		}
		if err := r.bodies.Acquire(t.Context(), room+1); err != nil { // all of it is released
			t.Error(err)
		}
	})
	t.Run("not for ever", func(t *testing.T) {
		r := start(t, Options{Limits: Limits{Body: room, Bodies: 1, Request: 200 * time.Millisecond}})
		if !r.bodies.TryAcquire(room + 1) {
			t.Fatal("the room is not as expected")
		}
		c := r.dial(t)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", room, long[:firstRead])
		if resp := readAll(t, c); !strings.HasPrefix(resp, "HTTP/1.1 503 ") {
			t.Errorf("got %q", resp)
		}
	})
}
