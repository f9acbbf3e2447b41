package receive

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
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
	if m := <-r.malformed; m.Reason != "all 2 connections are taken; those without a whole request make room" {
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
		"all 1 connections are taken; those without a whole request make room",
		"closed to make room, since no whole request came",
	} {
		if m := <-r.malformed; m.Reason != want {
			t.Errorf("%+v, want %q", m, want)
		}
	}
}

func hasBegun(s *Server) bool { return isAt(s, begun) }

// isAt says whether a connection is in the stage.
func isAt(s *Server, stage int32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.stage.Load() == stage {
			return true
		}
	}
	return false
}

// TestSlowBodyMakesRoom has all connections taken, by a sender that never finishes the
// body of a request.
func TestSlowBodyMakesRoom(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 1, Spare: time.Millisecond, Request: time.Hour}})
	slow := r.dial(t)
	io.WriteString(slow, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
	for !isAt(r.Server, reading) {
		runtime.Gosched()
	}
	roundTrip(t, r.dial(t))
	if got := readAll(t, slow); got != "" {
		t.Errorf("the slow one got %q", got)
	}
	if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 0 || x.Problem != "closed to make room, since the body did not come" {
		t.Errorf("%+v", x)
	}
}

// TestGiveWayOnlyAsChosen has the connection go on between being chosen and making room.
func TestGiveWayOnlyAsChosen(t *testing.T) {
	for chosen, stages := range map[int32]map[int32]bool{
		idle:    {idle: true, begun: false, reading: false, handling: false},
		begun:   {begun: true, idle: false, reading: false, handling: false},
		reading: {reading: true, idle: false, begun: false, handling: false},
	} {
		for stage, gives := range stages {
			end, _ := net.Pipe()
			watched := &closeWatch{Conn: end}
			c := &conn{Conn: watched}
			c.stage.Store(stage)
			if c.giveWay(chosen) != gives || watched.closed != gives {
				t.Errorf("chosen in stage %d, now in %d: closed is %v", chosen, stage, watched.closed)
			}
			if gives && (c.read() || c.handle()) {
				t.Errorf("a request is handled on a connection that was closed in stage %d", stage)
			}
		}
	}
}

func TestLeastMissed(t *testing.T) {
	type state struct {
		stage int32
		age   time.Duration
		used  bool
		busy  bool // the server is, with what came
	}
	const old = time.Hour
	for name, test := range map[string]struct {
		conns []state
		want  int // -1 is none
	}{
		"all busy":                  {[]state{{handling, old, true, false}, {closing, old, false, false}}, -1},
		"idle before busy":          {[]state{{handling, old, true, false}, {idle, 0, true, false}}, 1},
		"the older one":             {[]state{{idle, time.Minute, true, false}, {idle, old, true, false}}, 1},
		"unused before used":        {[]state{{idle, old, true, false}, {idle, 0, false, false}}, 1},
		"a young head before used":  {[]state{{idle, old, true, false}, {begun, 0, false, false}}, 1},
		"idle before a head as old": {[]state{{begun, 0, true, false}, {idle, 0, true, false}}, 1},
		"a slow body":               {[]state{{handling, old, true, false}, {reading, old, true, false}}, 1},
		"a slow server":             {[]state{{idle, 0, true, false}, {reading, old, true, true}, {begun, old, false, true}}, 0},
		"an old head before idle":   {[]state{{idle, 0, true, false}, {begun, old, true, false}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			s, err := New(Options{Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			conns := make([]*conn, len(test.conns))
			for i, state := range test.conns {
				conns[i] = &conn{server: s}
				conns[i].stage.Store(state.stage)
				conns[i].since.Store(int64(-state.age))
				conns[i].used.Store(state.used)
				conns[i].waits.Store(!state.busy)
				s.conns[conns[i]] = struct{}{}
			}
			least, found := s.leastMissed()
			if got := slices.Index(conns, least.conn); got != test.want || found != (test.want >= 0) {
				t.Errorf("connection %d, %v; want %d", got, found, test.want)
			}
		})
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

// What fails many times a second is said every ten seconds, and all else always.
func TestComplaints(t *testing.T) {
	now, told := time.Now(), 0
	s, err := New(Options{Now: func() time.Time { return now }, OnMalformed: func(Malformed) { told++ }})
	if err != nil {
		t.Fatal(err)
	}
	const failed, other = "http: Accept error: accept4: too many open files; retrying in 5ms\n", "http: something else\n"
	for _, step := range []struct {
		text  string
		later time.Duration
		want  int
	}{{failed, 0, 1}, {failed, time.Second, 1}, {other, 0, 2}, {other, 0, 3}, {failed, complainEvery, 4}, {failed, 0, 4}} {
		now = now.Add(step.later)
		complaints{s}.Write([]byte(step.text))
		if s.reports.wait(); told != step.want {
			t.Errorf("%q after %s: %d were told, want %d", step.text, step.later, told, step.want)
		}
	}
}
