package receive

import (
	"context"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// pieces is a connection on which pieces come, and then an end.
type pieces struct {
	net.Conn
	left []string
	end  error
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, p.end
	}
	n := copy(b, p.left[0])
	if p.left[0] = p.left[0][n:]; p.left[0] == "" {
		p.left = p.left[1:]
	}
	return n, nil
}

// handled is a connection with a request in hand.
func handled(end error, left ...string) *conn {
	c := &conn{Conn: &pieces{left: left, end: end}}
	c.stage.Store(handling)
	return c
}

// What comes behind a request in hand is kept, byte for byte, also when its sender says that
// no more comes and waits for both answers.
func TestLookOutKeepsWhatComes(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	tests := []struct {
		end  error
		left []string
	}{
		{os.ErrDeadlineExceeded, []string{"\r\n"}},
		{os.ErrDeadlineExceeded, []string{"\r", "\nPOST /", " HTTP/1.1\r\n"}},
		{os.ErrDeadlineExceeded, []string{long, "y"}},
		{io.EOF, []string{"P"}},
		{io.EOF, []string{"POST /", " HTTP/1.1"}},
		{io.EOF, []string{"\r\nPOST /"}},
		{io.EOF, []string{"\r", "\n", "P"}},
	}
	for _, test := range tests {
		want := strings.Join(test.left, "")
		c := handled(test.end, test.left...)
		first := make([]byte, 1)
		if n, err := c.Read(first); n != 1 || err != nil {
			t.Fatalf("%.20q: %d, %v", want, n, err)
		}
		c.stage.Store(reading)
		rest, err := io.ReadAll(c)
		if got := string(first) + string(rest); got != want || isTimeout(err) != (test.end != io.EOF) {
			t.Errorf("got %.20q (%d), want %.20q (%d), %v", got, len(got), want, len(want), err)
		}
	}
}

func TestLookOutSeesTheSenderLeave(t *testing.T) {
	for _, left := range [][]string{{}, {"\r\n"}, {"\r", "\n"}} {
		if n, err := handled(io.EOF, left...).Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%d, %v", n, err)
		}
	}
}

// A line break behind the request must not hide that the sender leaves.
func TestHangNoticesALeaverBehindALineBreak(t *testing.T) {
	r := start(t, Options{Fault: Faults{Hang: true}.Pick})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
	for r.events.Load() < 1 { // until the request is in hand
		runtime.Gosched()
	}
	io.WriteString(c, "\r\n")
	c.Close()
	if x := <-r.receptions; x.Outcome != Failed {
		t.Errorf("%+v", x)
	}
}

// The next request may come while the one before it waits for its answer.
func TestDelayAndARequestBehind(t *testing.T) {
	release := make(chan struct{})
	r := start(t, Options{Delay: time.Hour, Sleep: func(ctx context.Context, _ time.Duration) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	}})
	c := r.dial(t)
	const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
	io.WriteString(c, head+"\r\n{}")
	for r.events.Load() < 1 {
		runtime.Gosched()
	}
	io.WriteString(c, "\r\n"+head)
	io.WriteString(c, "Connection: close\r\n\r\n[]")
	close(release)
	if reply := readAll(t, c); strings.Count(reply, "HTTP/1.1 204 ") != 2 {
		t.Errorf("answered %q", reply)
	}
	for _, want := range []string{"{}", "[]"} {
		if x := <-r.receptions; string(x.Body) != want || x.Outcome != Accepted {
			t.Errorf("%+v, want %s", x, want)
		}
	}
}
