package receive

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// TestIdleMakesRoom has all connections taken, by one that is idle and one that waits
// for its answer.
func TestIdleMakesRoom(t *testing.T) {
	taken, release := make(chan bool), make(chan bool)
	r := start(t, Options{
		Limits: Limits{Connections: 2, Spare: time.Nanosecond},
		Record: func(e recording.Entry) error {
			if e.Path == "/busy" {
				taken <- true
				<-release
			}
			return nil
		},
	})
	idle, busy := r.dial(t), r.dial(t)
	roundTrip(t, idle)
	io.WriteString(busy, "GET /busy HTTP/1.1\r\nHost: h\r\n\r\n")
	<-taken
	roundTrip(t, r.dial(t))
	if got := readAll(t, idle); got != "" {
		t.Errorf("the idle connection got %q", got)
	}
	close(release)
	if reply, err := http.ReadResponse(bufio.NewReader(busy), nil); err != nil || reply.StatusCode != 204 {
		t.Errorf("the busy one got %v, %v", reply, err)
	}
	if m := <-r.malformed; m.Reason != "all 2 connections are taken; slow ones are closed to make room" {
		t.Errorf("%+v", m)
	}
}

// TestSlowHeadMakesRoom has all connections taken, by a sender that never finishes the
// head of a request.
func TestSlowHeadMakesRoom(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 1, Spare: time.Millisecond, Request: time.Hour}})
	slow := r.dial(t)
	io.WriteString(slow, "POST / HTTP/1.1\r\nHost:")
	for !hasBegun(r.Server) {
		runtime.Gosched()
	}
	roundTrip(t, r.dial(t))
	if got := readAll(t, slow); got != "" {
		t.Errorf("the slow one got %q", got)
	}
	for _, want := range []string{
		"all 1 connections are taken; slow ones are closed to make room",
		"closed to make room, since no whole request came",
	} {
		if m := <-r.malformed; m.Reason != want {
			t.Errorf("%+v, want %q", m, want)
		}
	}
}

func hasBegun(s *Server) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		return c.stage.Load() == begun
	}
	return false
}

// TestNoRequestInHandGivesWay has a request come at the very moment when its connection is
// chosen to make room.
func TestNoRequestInHandGivesWay(t *testing.T) {
	for stage, gives := range map[int32]bool{idle: true, begun: true, handling: false} {
		server, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		end, _ := net.Pipe()
		watched := &closeWatch{Conn: end}
		c := &conn{Conn: watched, server: server}
		c.stage.Store(stage)
		c.giveWay()
		if watched.closed != gives {
			t.Errorf("in stage %d: closed is %v", stage, watched.closed)
		}
		if c.handle() {
			t.Errorf("in stage %d: a request is handled afterwards", stage)
		}
	}
}

type closeWatch struct {
	net.Conn
	closed bool
}

func (c *closeWatch) Close() error {
	c.closed = true
	return c.Conn.Close()
}

// poor is a listener in a process that has no file descriptor left at first.
type poor struct {
	net.Listener
	failures atomic.Int32
}

func (p *poor) Accept() (net.Conn, error) {
	if p.failures.Add(-1) == 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return p.Listener.Accept()
}

func TestNoDescriptorsLeft(t *testing.T) {
	malformed := make(chan Malformed, 10)
	server, err := New(Options{Limits: Limits{Spare: time.Nanosecond}, OnMalformed: func(m Malformed) { malformed <- m }})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wrapped := &poor{Listener: l}
	wrapped.failures.Store(2)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(t.Context(), wrapped) }()
	t.Cleanup(func() { server.Abort() })
	r := &running{addr: l.Addr().String()}
	idle := r.dial(t)
	if got := readAll(t, idle); got != "" { // it makes room
		t.Errorf("the idle connection got %q", got)
	}
	roundTrip(t, r.dial(t))
	if m := <-malformed; !strings.Contains(m.Reason, syscall.EMFILE.Error()) {
		t.Errorf("%+v", m)
	}
}
