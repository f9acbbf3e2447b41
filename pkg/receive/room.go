package receive

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// listener hands out connections up to the limit.
type listener struct {
	net.Listener
	server *Server
	tls    *tls.Config // nil is plain HTTP
	slots  chan struct{}
	told   bool // that there is no room
}

func (s *Server) limit(l net.Listener) net.Listener {
	limited := &listener{Listener: l, server: s, slots: make(chan struct{}, s.options.Limits.Connections)}
	if s.options.TLS != nil {
		limited.tls = s.options.TLS.Clone()
		limited.tls.NextProtos = []string{"http/1.1"}
	}
	return limited
}

// Accept takes one connection from the system's queue, and waits for a slot for it.
func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		if errors.Is(err, syscall.EMFILE) {
			l.server.makeRoom() // the HTTP library says so and tries again
		}
		return nil, err
	}
	if !l.takeSlot() {
		raw.Close()
		return nil, net.ErrClosed
	}
	c := &conn{Conn: raw, raw: raw, server: l.server, slots: l.slots}
	if l.tls != nil {
		c.tls = tls.Server(raw, l.tls)
		c.Conn = c.tls
	}
	l.server.add(c)
	return c, nil
}

// takeSlot is false when the server is to stop. Senders that keep connections and say
// nothing, or do not finish the head of a request, must not keep others out; so they make
// room when there is none.
func (l *listener) takeSlot() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
	}
	l.tell()
	for {
		look := time.NewTimer(l.server.makeRoom())
		select {
		case l.slots <- struct{}{}:
			look.Stop()
			return true
		case <-l.server.draining.Done():
			look.Stop()
			return false
		case <-look.C:
		}
	}
}

// tell says once that senders have to wait.
func (l *listener) tell() {
	if !l.told {
		l.told = true
		l.server.malformed("", fmt.Sprintf("all %d connections are taken; slow ones are closed to make room", cap(l.slots)))
	}
}

func (s *Server) add(c *conn) {
	c.rest()
	s.open.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
}

// slowHead is how many times as long as an idle connection one may stay that sends the
// head of a request.
const slowHead = 4

// makeRoom closes the connection that will be missed least, and returns when to look
// again. A sender that is busy has its connection idle between two requests too, and
// would lose the second one; so it must be idle for some time, and those that brought
// nothing go first, even if they have to be waited for.
func (s *Server) makeRoom() time.Duration {
	c, left := s.leastMissed()
	if c == nil {
		return s.options.Limits.Spare
	}
	if left > 0 {
		return left
	}
	c.giveWay()
	return s.options.Limits.Spare
}

// leastMissed is nil when all are busy. Left is how long it may stay.
func (s *Server) leastMissed() (least *conn, left time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for c := range s.conns {
		stays, may := c.spare(now)
		if may && (least == nil || c.isMissedLess(stays, least, left)) {
			least, left = c, stays
		}
	}
	return least, left
}

// spare is how long the connection may stay where there is no room, and whether it may
// have to go at all.
func (c *conn) spare(now time.Duration) (left time.Duration, may bool) {
	stayed := now - time.Duration(c.since.Load())
	switch c.stage.Load() {
	case idle:
		return c.server.options.Limits.Spare - stayed, true
	case begun:
		return slowHead*c.server.options.Limits.Spare - stayed, true
	}
	return 0, false
}

// isMissedLess puts connections that brought nothing before those that did.
func (c *conn) isMissedLess(left time.Duration, other *conn, othersLeft time.Duration) bool {
	if used := c.used.Load(); used != other.used.Load() {
		return !used
	}
	return left < othersLeft
}

// giveWay closes the connection, unless a request of it is in hand by now.
func (c *conn) giveWay() {
	switch {
	case c.stage.CompareAndSwap(begun, closing):
		c.report("closed to make room, since no whole request came")
	case !c.stage.CompareAndSwap(idle, closing):
		return
	}
	c.Close()
}

// clock is how long the server is there. It does not step as the time of day does.
func (s *Server) clock() time.Duration { return s.options.Now().Sub(s.started) }
