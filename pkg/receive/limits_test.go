package receive

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestSlowSendersBlockNobody runs crowds of bad senders, each as large as the default limit of
// connections, while a good sender opens a connection for each event.
func TestSlowSendersBlockNobody(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: h\r\n"
	for name, request := range map[string]string{
		"silent":    "",
		"slow head": head,
		"slow body": head + "Content-Length: 1000\r\n\r\nhalf",
		"kept idle": "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := startReporting(t, Options{Limits: Limits{Request: time.Hour, Idle: time.Hour}}, func(*Reception) {})
			for range 1024 {
				io.WriteString(r.dial(t), request)
			}
			for range 20 {
				roundTrip(t, r.dial(t)).Body.Close()
			}
		})
	}
}

// While slow senders use all slots, the next sender waits no longer than their timeout.
func TestSlowSendersTimeOut(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: h\r\n"
	for name, request := range map[string]string{"silent": "", "slow head": head, "slow body": head + "Content-Length: 10\r\n\r\nhalf"} {
		t.Run(name, func(t *testing.T) {
			r := startReporting(t, Options{Limits: Limits{Connections: 4, Silent: 4, Request: 50 * time.Millisecond}}, func(*Reception) {})
			for range 9 {
				io.WriteString(r.dial(t), request)
			}
			roundTrip(t, r.dial(t))
		})
	}
}

// Kept-alive connections use half of the slots at most.
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

// More busy senders than slots lose no event.
func TestMoreSendersThanSlots(t *testing.T) {
	var shown atomic.Int64
	r := startReporting(t, Options{Limits: Limits{Connections: 8}}, func(*Reception) { shown.Add(1) })
	const senders, each = 24, 20
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for range each {
				resp, err := client.Post(r.url("/"), "application/JSON", strings.NewReader(ticketEvent))
				if err != nil || resp.StatusCode != http.StatusNoContent {
					t.Errorf("%v, %v", resp, err)
					return
				}
				resp.Body.Close()
			}
		})
	}
	all.Wait()
	if err := r.stop(); err != nil || shown.Load() != senders*each {
		t.Errorf("%v, %d shown", err, shown.Load())
	}
}

// A handshake that stalls counts as a slow sender, and frees its slot. The limit also bounds the
// handshake of the next sender, which may need several on a busy machine.
func TestSlowHandshakesTimeOut(t *testing.T) {
	r, _ := startTLS(t, Limits{Connections: 1, Request: 50 * time.Millisecond})
	stalled := r.dial(t)
	io.WriteString(stalled, "\x16\x03\x01")
	io.ReadAll(stalled)
	next := net.Dialer{Deadline: time.Now().Add(20 * time.Second)}
	for {
		c, err := tls.DialWithDialer(&next, "tcp", r.addr, &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(next.Deadline) {
			t.Fatal(err)
		}
	}
}

// The first byte is read separately, and is neither lost nor waited for twice.
func TestFirstByte(t *testing.T) {
	r := start(t, Options{})
	c := r.dial(t)
	const request = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
	for i := range len(request) {
		io.WriteString(c, request[i:i+1])
	}
	if resp := readAll(t, c); !strings.HasPrefix(resp, "HTTP/1.1 204 ") {
		t.Errorf("got %q", resp)
	}
	if x := <-r.receptions; string(x.Body) != "{}" || x.Method != "POST" {
		t.Errorf("%+v", x)
	}
}

// Silent connections, and those that wait for a slot, do not delay the stop.
func TestStopWithACrowd(t *testing.T) {
	r := start(t, Options{Limits: Limits{Connections: 1, Silent: 2, Request: time.Hour, Grace: 10 * time.Millisecond}})
	for range 4 {
		io.WriteString(r.dial(t), "P")
	}
	r.dial(t)
	<-r.begun
	r.stop()
	if len(r.slots) > 0 {
		t.Errorf("%d places are still taken", len(r.slots))
	}
}

// exhausted is a listener in a process that has no file descriptor left at first.
type exhausted struct {
	net.Listener
	failures atomic.Int32
}

func (e *exhausted) Accept() (net.Conn, error) {
	if e.failures.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return e.Listener.Accept()
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
	wrapped := &exhausted{Listener: l}
	wrapped.failures.Store(2)
	go server.Serve(t.Context(), wrapped)
	t.Cleanup(func() { server.abort() })
	r := &running{addr: l.Addr().String()}
	roundTrip(t, r.dial(t))
	if m := <-malformed; !strings.Contains(m.Reason, syscall.EMFILE.Error()) {
		t.Errorf("%+v", m)
	}
}

// A failure to accept is reported every ten seconds, any other log line always.
func TestServerLog(t *testing.T) {
	now, reported := time.Now(), 0
	s, err := New(Options{Now: func() time.Time { return now }, OnMalformed: func(Malformed) { reported++ }})
	if err != nil {
		t.Fatal(err)
	}
	const failed, other = "http: Accept error: accept4: too many open files; retrying in 5ms\n", "http: something else\n"
	for _, step := range []struct {
		text  string
		later time.Duration
		want  int
	}{{failed, 0, 1}, {failed, time.Second, 1}, {other, 0, 2}, {other, 0, 3}, {failed, acceptErrorEvery, 4}, {failed, 0, 4}} {
		now = now.Add(step.later)
		serverLog{s}.Write([]byte(step.text))
		if s.reports.wait(); reported != step.want {
			t.Errorf("%q after %s: %d were reported, want %d", step.text, step.later, reported, step.want)
		}
	}
}
