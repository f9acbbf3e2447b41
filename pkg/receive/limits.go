// This file is the hardening of the receiver: it bounds what senders can take up, so that those
// who are slow, silent, broken or many keep nobody else out.
//
//   - Who says nothing costs a few KiB, and is closed after Limits.Request.
//   - Who has begun gets one of Limits.Connections places; net/http closes who takes longer than
//     Limits.Request for a request, Limits.Idle until the next, or too long to take an answer.
//   - While more than half of the places are taken, an answer closes its connection, so that
//     those who keep theirs never have more than half of them.
//   - The bytes of a head are bounded by net/http, and its lines by headLines. A body gets memory as it arrives, and all bodies together
//     have a bound too (body.go).
//   - What is to be shown and waits is bounded too (reports.go).

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

// Limits bound what a sender can take up. A zero means the default beside it.
type Limits struct {
	Body        int64         // bytes of a body (1 MiB); beyond it the answer is 413
	Bodies      int64         // bytes of the bodies of all requests in hand, beyond 4 KiB each (64 MiB, at least Body); further ones wait
	Headers     int           // bytes of the request line and the headers (64 KiB, and a few KiB of slack)
	Connections int           // with a request, or kept after one, at the same time (2048); further ones wait
	Silent      int           // on which nothing came yet, at the same time (4096); further ones wait
	Request     time.Duration // until a request is here, from its first byte (10s); as long for that byte
	Idle        time.Duration // between two requests of a connection (2m)
	Write       time.Duration // until a ready answer is taken (10s)

	// Grace is how long requests in hand may take to finish once the server is to stop.
	// 0 is as long as they need.
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

// headLines is about how many lines a head may have: a short one takes fifty times its bytes in
// memory, and a thousand heads of thousands of them would keep the garbage collector busy.
const headLines = 1000

var errLongHead = errors.New("head too long")

// writeTimeout is how long an answer may take from the end of the request's headers,
// with all that it has to wait for. 0 is no limit.
func (o Options) writeTimeout() time.Duration {
	all := o.Limits.Request + o.Delay + o.Limits.Write
	if o.Forward == nil {
		return all
	}
	if o.Forward.Timeout <= 0 {
		return 0
	}
	return all + o.Forward.Timeout
}

// listener hands out connections on which something came, up to the limit.
type listener struct {
	net.Listener
	server *Server
	silent chan struct{} // holds one for each connection on which nothing came yet
	begun  chan accepted
	told   sync.Once // that there is no place
}

// accepted is what the system's listener returned.
type accepted struct {
	conn *begun
	err  error
}

func (s *Server) limit(l net.Listener) *listener {
	limited := &listener{Listener: l, server: s, silent: make(chan struct{}, s.options.Limits.Silent), begun: make(chan accepted)}
	go limited.acceptAll()
	return limited
}

// Accept returns the next connection on which something came. Its place is given back when it
// is closed.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case a := <-l.begun:
		if a.err != nil {
			return nil, a.err
		}
		return l.server.watch(a.conn), nil
	case <-l.server.draining.Done():
		return nil, net.ErrClosed
	}
}

// acceptAll takes connections from the system until the server is to stop.
func (l *listener) acceptAll() {
	for l.takePlace(l.silent) {
		c, err := l.Listener.Accept()
		if err == nil {
			go l.await(c)
			continue
		}
		<-l.silent
		if !l.hand(accepted{err: err}) { // the HTTP library waits before it asks again
			return
		}
	}
}

// await closes a connection on which nothing comes, and hands on the others. One for which
// there is no place yet counts as silent until there is.
func (l *listener) await(c net.Conn) {
	defer func() { <-l.silent }()
	b := &begun{Conn: c}
	if !l.hasBegun(b) || !l.takePlace(l.server.places) {
		c.Close()
		return
	}
	if !l.hand(accepted{conn: b}) {
		<-l.server.places
		c.Close()
	}
}

// hasBegun waits for the first byte, and is false when it does not come.
func (l *listener) hasBegun(b *begun) bool {
	defer context.AfterFunc(l.server.draining, func() { b.Conn.SetReadDeadline(time.Now()) })()
	if b.Conn.SetReadDeadline(time.Now().Add(l.server.options.Limits.Request)); l.server.draining.Err() != nil {
		return false
	}
	n, _ := b.Conn.Read(b.first[:])
	b.unread = n == 1
	return b.unread
}

// takePlace waits for a place, and is false when the server is to stop.
func (l *listener) takePlace(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
	}
	l.told.Do(func() {
		l.server.malformed("", fmt.Sprintf("all %d connections are taken; further senders wait until some are closed", cap(places)))
	})
	select {
	case places <- struct{}{}:
		return true
	case <-l.server.draining.Done():
		return false
	}
}

// hand is false when the server is to stop.
func (l *listener) hand(a accepted) bool {
	select {
	case l.begun <- a:
		return true
	case <-l.server.draining.Done():
		return false
	}
}

// isCrowded says whether connections are not to be kept.
func (s *Server) isCrowded() bool { return len(s.places) > cap(s.places)/2 }

// begun is a connection whose first byte was read to see that something came.
type begun struct {
	net.Conn
	first  [1]byte
	unread bool
}

func (b *begun) Read(p []byte) (int, error) {
	if !b.unread || len(p) == 0 {
		return b.Conn.Read(p)
	}
	b.unread = false
	p[0] = b.first[0]
	n, err := b.Conn.Read(p[1:])
	return n + 1, err
}

// CloseWrite is that of TCP, where it is TCP.
func (b *begun) CloseWrite() error {
	if half, ok := b.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
