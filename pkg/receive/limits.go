// This file hardens the server: it limits the resources that senders can use, so that slow, silent,
// broken or many senders do not lock out others.
//
//   - A connection without data costs a few KiB, and is closed after Limits.Request.
//   - A connection with data uses one of Limits.Connections slots. net/http closes it when a request
//     takes longer than Limits.Request, the next one longer than Limits.Idle, or reading the
//     response too long.
//   - While more than half of the slots are in use, a response closes its connection, so that
//     kept-alive connections never use more than half.
//   - net/http limits the bytes of a request head, headLines its lines. The buffer of a body grows
//     with the data that arrives, and all bodies together are limited too (body.go).
//   - Reports that wait are limited too (reports.go).

package receive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Limits are the resources that senders can use. Zero means the default in parentheses.
type Limits struct {
	Body        int64         // bytes of a body (1 MiB); a longer one gets 413
	Bodies      int64         // bytes of all bodies in flight, beyond 4 KiB each (64 MiB, at least Body); further ones wait
	Headers     int           // bytes of the request line and the headers (64 KiB, plus a few KiB of slack)
	Connections int           // concurrent connections with a request, or kept alive after one (2048); further ones wait
	Silent      int           // concurrent connections without any data yet (4096); further ones wait
	Request     time.Duration // from the first byte of a request to its last (10s), and the wait for the first
	Idle        time.Duration // between two requests of a connection (2m)
	Write       time.Duration // for the sender to read the response (10s)

	// Grace is how long requests in flight may take when the server stops; 0 is no limit.
	Grace time.Duration
}

func (l Limits) withDefaults() Limits {
	l.Body = cmp.Or(l.Body, 1<<20)
	l.Bodies = max(cmp.Or(l.Bodies, 64<<20), l.Body)
	l.Headers = cmp.Or(l.Headers, 64<<10)
	l.Connections = cmp.Or(l.Connections, 2048)
	l.Silent = cmp.Or(l.Silent, 4096)
	l.Request = cmp.Or(l.Request, 10*time.Second)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.Write = cmp.Or(l.Write, 10*time.Second)
	return l
}

// headLines is about how many lines a request head may have: a short line uses fifty times its bytes
// in memory, and a thousand heads with thousands of them would keep the garbage collector busy.
const headLines = 1000

var errLongHead = errors.New("request head too long")

// writeTimeout returns how long a response may take from the end of the request's headers, all
// waits included. 0 is no limit.
func (o Options) writeTimeout() time.Duration {
	total := o.Limits.Request + o.Delay + o.Limits.Write
	if o.Forward == nil {
		return total
	}
	if o.Forward.Timeout <= 0 {
		return 0
	}
	return total + o.Forward.Timeout
}

// listener returns connections that have sent data, up to the limit.
type listener struct {
	net.Listener
	server   *Server
	silent   chan struct{} // has one element per connection without data
	ready    chan accepted
	reported sync.Once // that no slot is free
}

// accepted is a result of the system's Accept.
type accepted struct {
	conn *peekedConn
	err  error
}

func (s *Server) limit(l net.Listener) *listener {
	limited := &listener{Listener: l, server: s, silent: make(chan struct{}, s.options.Limits.Silent), ready: make(chan accepted)}
	go limited.acceptAll()
	return limited
}

// Accept returns the next connection that has sent data. Its slot is released when it is closed.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case a := <-l.ready:
		if a.err != nil {
			return nil, a.err
		}
		return l.server.watch(a.conn), nil
	case <-l.server.draining.Done():
		return nil, net.ErrClosed
	}
}

// acceptAll accepts connections from the system until the server stops.
func (l *listener) acceptAll() {
	for l.acquire(l.silent) {
		c, err := l.Listener.Accept()
		if err == nil {
			go l.await(c)
			continue
		}
		<-l.silent
		if !l.pass(accepted{err: err}) { // net/http waits before it calls Accept again
			return
		}
	}
}

// await passes a connection on after its first byte, and closes one that sends nothing. While no
// slot is free it counts as silent.
func (l *listener) await(c net.Conn) {
	defer func() { <-l.silent }()
	peeked := &peekedConn{Conn: c}
	if !l.peek(peeked) || !l.acquire(l.server.slots) {
		c.Close()
		return
	}
	if !l.pass(accepted{conn: peeked}) {
		<-l.server.slots
		c.Close()
	}
}

// peek waits for the first byte and reports whether it came.
func (l *listener) peek(c *peekedConn) bool {
	defer context.AfterFunc(l.server.draining, func() { c.Conn.SetReadDeadline(time.Now()) })()
	if c.Conn.SetReadDeadline(time.Now().Add(l.server.options.Limits.Request)); l.server.draining.Err() != nil {
		return false
	}
	n, _ := c.Conn.Read(c.first[:])
	c.unread = n == 1
	return c.unread
}

// acquire waits for a free slot. It returns false when the server stops.
func (l *listener) acquire(slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
	}
	l.reported.Do(func() {
		l.server.malformed(Malformed{Reason: fmt.Sprintf("all %d connections are in use; new senders wait until one is closed", cap(slots))})
	})
	select {
	case slots <- struct{}{}:
		return true
	case <-l.server.draining.Done():
		return false
	}
}

// pass passes a result to Accept. It returns false when the server stops.
func (l *listener) pass(a accepted) bool {
	select {
	case l.ready <- a:
		return true
	case <-l.server.draining.Done():
		return false
	}
}

// isCrowded reports whether connections must not be kept alive.
func (s *Server) isCrowded() bool { return len(s.slots) > cap(s.slots)/2 }

// peekedConn is a connection whose first byte was read already.
type peekedConn struct {
	net.Conn
	first  [1]byte
	unread bool
}

func (c *peekedConn) Read(p []byte) (int, error) {
	if !c.unread || len(p) == 0 {
		return c.Conn.Read(p)
	}
	c.unread = false
	p[0] = c.first[0]
	n, err := c.Conn.Read(p[1:])
	return n + 1, err
}
