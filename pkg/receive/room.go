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
		c.tls = tls.Server(greeting{raw, c}, l.tls)
		c.Conn = c.tls
	}
	l.server.add(c)
	return c, nil
}

// takeSlot is false when the server is to stop. Senders that keep connections and say
// nothing, or do not finish a request, must not keep others out; so they make
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
		l.server.malformed("", fmt.Sprintf("all %d connections are taken; those without a whole request make room", cap(l.slots)))
	}
}

func (s *Server) add(c *conn) {
	c.rest()
	s.open.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
}

// slowRequest is how many times as long as an idle connection one may stay that sends a
// request.
const slowRequest = 4

// makeRoom closes the connection that will be missed least, and returns when to look
// again. A sender that is busy has its connection idle between two requests too, and
// would lose the second one; so it must be idle for some time, and those that brought
// nothing go first, even if they have to be waited for.
func (s *Server) makeRoom() time.Duration {
	least, found := s.leastMissed()
	if found && least.left > 0 {
		return least.left
	}
	if found && least.conn.giveWay(least.stage) && (least.stage == begun || least.conn.greets()) {
		least.conn.report("closed to make room, since no whole request came")
	}
	return s.options.Limits.Spare
}

// candidate is a connection that may have to make room, as it was looked at.
type candidate struct {
	conn  *conn
	stage int32         // idle, begun or reading
	left  time.Duration // it may stay
	used  bool
}

// leastMissed finds none when all are busy.
func (s *Server) leastMissed() (least candidate, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for c := range s.conns {
		next, may := c.candidate(now)
		if may && (!found || next.isMissedLess(least)) {
			least, found = next, true
		}
	}
	return least, found
}

// candidate looks at a connection. A sender that has begun is not to blame for what the
// server has not read yet.
func (c *conn) candidate(now time.Duration) (_ candidate, may bool) {
	stage, stays := c.stage.Load(), c.server.options.Limits.Spare
	if stage != idle || c.greets() {
		stays *= slowRequest
	}
	stayed := now - time.Duration(c.since.Load())
	return candidate{c, stage, stays - stayed, c.used.Load()}, stage == idle || stage < handling && c.waits.Load()
}

// greets says whether a TLS handshake has begun, and no request.
func (c *conn) greets() bool { return c.greeted.Load() && !c.used.Load() }

// isMissedLess puts connections that brought nothing before those that did.
func (c candidate) isMissedLess(other candidate) bool {
	if c.used != other.used {
		return !c.used
	}
	return c.left < other.left
}

// clock is how long the server is there. It does not step as the time of day does.
func (s *Server) clock() time.Duration { return s.options.Now().Sub(s.started) }
