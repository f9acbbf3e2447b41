package deliver

import (
	"crypto/tls"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// trace records when a request reaches its stages. net/http may call the hooks from other goroutines,
// even after the end of the request, hence the lock.
type trace struct {
	now   func() time.Time
	mu    sync.Mutex
	marks marks
}

// marks are the times of the stages, zero for those that were not reached.
type marks struct {
	connecting, connected time.Time
	tlsStart, tlsDone     time.Time
	firstByte             time.Time

	proxy     *url.URL // of the request
	ready     bool     // there was a connection for the request
	reused    bool
	tlsFailed bool
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			t.note(func(m *marks, at time.Time) { *m = marks{connecting: at, proxy: m.proxy} })
		},
		ConnectDone: func(_, _ string, err error) {
			t.note(func(m *marks, at time.Time) {
				if err == nil {
					m.connected = at
				}
			})
		},
		TLSHandshakeStart: func() {
			t.note(func(m *marks, at time.Time) { m.tlsStart = at })
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			t.note(func(m *marks, at time.Time) { m.tlsDone, m.tlsFailed = at, err != nil })
		},
		GotConn: func(info httptrace.GotConnInfo) {
			t.note(func(m *marks, _ time.Time) { m.ready, m.reused = true, info.Reused })
		},
		GotFirstResponseByte: func() {
			t.note(func(m *marks, at time.Time) { m.firstByte = at })
		},
	}
}

// traceKey is the key of the trace in the context of a request.
type traceKey struct{}

func (t *trace) useProxy(proxy *url.URL) {
	t.note(func(m *marks, _ time.Time) { m.proxy = proxy })
}

func (t *trace) note(change func(m *marks, at time.Time)) {
	at := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.marks, at)
}

func (t *trace) seen() marks {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.marks
}

// isStale reports whether a request failed on a connection of an earlier one before any
// response.
func (m marks) isStale() bool { return m.ready && m.reused && m.firstByte.IsZero() }

func (m marks) timings(start, end time.Time) Timings {
	timings := Timings{
		FirstByte: between(start, m.firstByte),
		Total:     between(start, end),
		Reused:    m.reused,
	}
	if !m.reused {
		timings.Connect = between(m.connecting, m.connected)
		timings.TLS = between(m.tlsStart, m.tlsDone)
	}
	return timings
}

func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return to.Sub(from)
}
