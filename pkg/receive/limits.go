// This file is the hardening of the receiver: it bounds what senders can take up, so that those
// who are slow, silent, broken or many keep nobody else out.
//
//   - Who says nothing costs a few KiB, and is closed after Limits.Request.
//   - Who has begun gets one of Limits.Connections places; net/http closes who takes longer than
//     Limits.Request for a request, Limits.Idle until the next, or too long to take an answer.
//   - While more than half of the places are taken, an answer closes its connection, so that
//     those who keep theirs never have more than half of them.
//   - A head is bounded by net/http, and a body gets memory as it arrives.
//   - What is to be shown and waits is bounded too (reports.go).

package receive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits bound what a sender can take up. A zero means the default beside it.
type Limits struct {
	Body        int64         // bytes of a body (1 MiB); beyond it the answer is 413
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
	l.Headers = cmp.Or(l.Headers, 64<<10)
	l.Connections = cmp.Or(l.Connections, 2048)
	l.Silent = cmp.Or(l.Silent, 4096)
	l.Request = cmp.Or(l.Request, 10*time.Second)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.Write = cmp.Or(l.Write, 10*time.Second)
	return l
}

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

var errTooLarge = errors.New("body too large")

// firstRead is how much room a body gets before any of it is here. Senders that announce
// much and send little, a thousand at a time, must not cost more than this each.
const firstRead = 4 << 10

// readBody reads a body of up to most bytes. The room grows with what arrives, whatever
// length was announced.
func readBody(r *http.Request, most int64) ([]byte, error) {
	if r.ContentLength > most {
		return nil, errTooLarge
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	size := r.ContentLength
	if size < 0 {
		size = 512
	}
	body := make([]byte, 0, min(size+1, firstRead)) // one byte of room to see the end
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > most:
			return nil, errTooLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, err
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}
