package receive

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestSlowSendersKeepNobodyOut has crowds that do it wrong, each as large as the default allows
// connections to be kept, while a good sender comes with a connection for each event.
func TestSlowSendersKeepNobodyOut(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: h\r\n"
	for name, request := range map[string]string{
		"silent":    "",
		"slow head": head,
		"slow body": head + "Content-Length: 1000\r\n\r\nhalf",
		"kept idle": "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := startReporting(t, Options{Limits: Limits{Request: time.Hour, Idle: time.Hour}}, func(Reception) {})
			for range 1024 {
				io.WriteString(r.dial(t), request)
			}
			for range 20 {
				roundTrip(t, r.dial(t)).Body.Close()
			}
		})
	}
}

// Where all places are taken by senders that are slow, the next one waits no longer than they may.
func TestSlowSendersGoInTime(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: h\r\n"
	for name, request := range map[string]string{"silent": "", "slow head": head, "slow body": head + "Content-Length: 10\r\n\r\nhalf"} {
		t.Run(name, func(t *testing.T) {
			r := startReporting(t, Options{Limits: Limits{Connections: 4, Silent: 4, Request: 50 * time.Millisecond}}, func(Reception) {})
			for range 9 {
				io.WriteString(r.dial(t), request)
			}
			roundTrip(t, r.dial(t))
		})
	}
}

// Those who keep their connections have half of the places at most.
func TestCrowdedConnectionsAreNotKept(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 4}})
	for range 2 {
		if roundTrip(t, r.dial(t)).Close {
			t.Fatal("a connection is closed though there is room")
		}
	}
	for range 5 {
		c := r.dial(t)
		if !roundTrip(t, c).Close {
			t.Fatal("a connection is kept though there is little room")
		}
		readAll(t, c)
	}
}

// More senders than may keep their connections, all busy, lose no event.
func TestMoreSendersThanPlaces(t *testing.T) {
	var shown atomic.Int64
	r := startReporting(t, Options{Limits: Limits{Connections: 8}}, func(Reception) { shown.Add(1) })
	const senders, each = 24, 20
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for range each {
				reply, err := client.Post(r.url("/"), "application/JSON", strings.NewReader(ticketEvent))
				if err != nil || reply.StatusCode != http.StatusNoContent {
					t.Errorf("%v, %v", reply, err)
					return
				}
				reply.Body.Close()
			}
		})
	}
	all.Wait()
	if err := r.stop(); err != nil || shown.Load() != senders*each {
		t.Errorf("%v, %d shown", err, shown.Load())
	}
}

// A handshake that does not go on is slow like any other sender.
func TestSlowHandshakesGoInTime(t *testing.T) {
	r, _ := startTLS(t, Limits{Connections: 1, Request: 50 * time.Millisecond})
	io.WriteString(r.dial(t), "\x16\x03\x01")
	for len(r.places) == 0 {
		runtime.Gosched()
	}
	c, err := tls.Dial("tcp", r.addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// The first byte is read apart from the others, and is neither lost nor waited for twice.
func TestFirstByte(t *testing.T) {
	r := start(t, Options{})
	c := r.dial(t)
	const request = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
	for i := range len(request) {
		io.WriteString(c, request[i:i+1])
	}
	if reply := readAll(t, c); !strings.HasPrefix(reply, "HTTP/1.1 204 ") {
		t.Errorf("answered %q", reply)
	}
	if x := <-r.receptions; string(x.Body) != "{}" || x.Method != "POST" {
		t.Errorf("%+v", x)
	}
}

// Those who said nothing, and those who wait for a place, do not hold up the end.
func TestStopWithACrowd(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 1, Silent: 2, Request: time.Hour, Grace: 10 * time.Millisecond}})
	for range 4 {
		io.WriteString(r.dial(t), "P")
	}
	r.dial(t)
	for len(r.places) == 0 {
		runtime.Gosched()
	}
	r.stop()
	if len(r.places) > 0 {
		t.Errorf("%d places are still taken", len(r.places))
	}
}

// poor is a listener in a process that has no file descriptor left at first.
type poor struct {
	net.Listener
	failures atomic.Int32
}

func (p *poor) Accept() (net.Conn, error) {
	if p.failures.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return p.Listener.Accept()
}

func TestNoDescriptorsLeft(t *testing.T) {
	malformed := make(chan Malformed, 10)
	server, err := New(Options{OnMalformed: func(m Malformed) { malformed <- m }})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wrapped := &poor{Listener: l}
	wrapped.failures.Store(2)
	go server.Serve(t.Context(), wrapped)
	t.Cleanup(func() { server.abort() })
	r := &running{addr: l.Addr().String()}
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
