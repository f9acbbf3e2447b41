package receive

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// connKey finds the connection in the context of a request.
type connKey struct{}

// Stages of a connection.
const (
	idle     int32 = iota // no byte of a request is here
	begun                 // some are, but the HTTP library has not made a request of them
	reading               // a request is here, except for its body
	handling              // a whole request is in hand
	closing               // it gives way to another one
)

// conn notices what the HTTP library keeps to itself: what it refuses to make a request
// of, and senders that never finish.
type conn struct {
	net.Conn // raw, or tls
	raw      net.Conn
	tls      *tls.Conn // nil is plain HTTP

	server   *Server
	slots    chan struct{}
	stage    atomic.Int32
	since    atomic.Int64 // when it became idle, or a request began, by the server's clock
	greeted  atomic.Bool  // bytes of a TLS handshake came
	waits    atomic.Bool  // for more bytes
	used     atomic.Bool  // the head of a request came
	start    []byte       // of what came, until a request did
	ahead    []byte       // was read, and not asked for yet
	broken   string       // why a request broke off that may have begun behind the one before it
	reported atomic.Bool
}

// rest makes the connection idle.
func (c *conn) rest() {
	c.start = nil
	c.stamp()
	c.stage.Store(idle)
}

func (c *conn) stamp() { c.since.Store(int64(c.server.clock())) }

func (c *conn) Read(p []byte) (int, error) {
	c.waits.Store(true)
	n, err := c.take(p)
	c.waits.Store(false)
	if n > 0 && c.stage.Load() == idle {
		c.begin(p[:n])
	}
	if err != nil && c.isBefore(reading) {
		c.readFailed(err)
	}
	return n, err
}

// take reads, and what was read ahead comes first.
func (c *conn) take(p []byte) (int, error) {
	switch {
	case len(c.ahead) > 0:
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	case len(p) == 1 && c.stage.Load() == handling:
		return c.lookOut(p)
	}
	return c.Conn.Read(p)
}

// lookOut is for the HTTP library, which reads one byte behind a request in hand to notice
// that the sender leaves. A line break would end its watch, and says nothing; so it is kept
// until the library ends the watch itself, or something else comes, or the sender leaves.
func (c *conn) lookOut(p []byte) (int, error) {
	const most = 64
	n, err := c.Conn.Read(p)
	if n == 0 || err != nil || !isLineBreak(p[0]) {
		return n, err
	}
	next := make([]byte, 1)
	for len(c.ahead) < most {
		m, err := c.Conn.Read(next)
		if m == 0 && err != nil && !isTimeout(err) {
			c.ahead = nil
			return 0, err
		}
		c.ahead = append(c.ahead, next[:m]...)
		if err != nil || !isLineBreak(next[0]) {
			break
		}
	}
	return n, nil
}

func isLineBreak(c byte) bool { return c == '\r' || c == '\n' }

// isBefore says whether the connection has not come as far as the stage.
func (c *conn) isBefore(stage int32) bool { return c.stage.Load() < stage }

// giveWay closes the connection, unless it has left the stage in which it was chosen: a
// request in hand is not to be cut off, least of all when it was recorded.
func (c *conn) giveWay(stage int32) bool {
	if !c.stage.CompareAndSwap(stage, closing) {
		return false
	}
	c.Close()
	return true
}

// read notes that the head of a request is here, unless the connection gives way already.
func (c *conn) read() bool {
	c.used.Store(true)
	return c.stage.CompareAndSwap(begun, reading) || c.stage.CompareAndSwap(idle, reading)
}

// handle notes that its body is here too, or will not come, unless the connection gave way.
func (c *conn) handle() bool { return c.stage.CompareAndSwap(reading, handling) }

// begin notes that a request begins. The first byte of a later one may have been read with
// the request before it, so only the first request's beginning is a whole one.
func (c *conn) begin(text []byte) {
	const shown = 40
	if !c.used.Load() {
		c.start = bytes.Clone(text[:min(len(text), shown)])
	}
	c.stamp()
	c.stage.CompareAndSwap(idle, begun)
	if len(text) < noticed || !c.used.Load() {
		_ = c.Conn.SetReadDeadline(time.Now().Add(c.server.options.Limits.Request))
	}
}

// noticed is with how many bytes a later request begins for the HTTP library, which until
// then takes the connection for idle. For it, the first request begins with the connection.
const noticed = 4

func (c *conn) readFailed(err error) {
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader[:]):
		c.report("plain HTTP came where TLS is spoken; the sender must use https://")
		io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis server speaks TLS; use https://\n")
	case errors.Is(err, net.ErrClosed):
	case c.tls != nil && !c.tls.ConnectionState().HandshakeComplete:
		if c.greeted.Load() {
			c.report("TLS handshake: " + c.withoutTLS(err))
		}
	case c.tls != nil && !c.used.Load() && c.stage.Load() == idle && isClosed(err):
		c.report("the sender closed the connection after the TLS handshake, most likely since it does not trust the certificate")
	case c.stage.Load() == begun:
		c.report(c.brokeOff(err))
	default:
		c.broken = c.brokeOff(err)
	}
}

// brokeOff says why there is no more of a request's head.
func (c *conn) brokeOff(err error) string {
	switch {
	case isTimeout(err):
		return "no whole request came within " + c.server.options.Limits.Request.String()
	case isClosed(err):
		return "the sender closed the connection in the middle of a request's head"
	}
	return "a request's head broke off: " + err.Error()
}

// isTimeout says whether a limit of time ended the reading or the writing.
func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// isClosed says whether the other side closed the connection, or reset it.
func isClosed(err error) bool {
	var network *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network) && network.Op == "read" && !network.Timeout()
}

// Write sees an answer without a request when the HTTP library refuses what came.
func (c *conn) Write(p []byte) (int, error) {
	if c.isBefore(reading) {
		c.report(c.refusal(p))
	}
	return c.Conn.Write(p)
}

// refusal is the reason in an answer of the HTTP library, which is its body. When that
// says no more than the status, what came is the best explanation.
func (c *conn) refusal(answer []byte) string {
	if c.tls == nil && looksLikeTLS(c.start) {
		return "TLS came where plain HTTP is spoken; the sender must use http://"
	}
	head, body, _ := bytes.Cut(answer, []byte("\r\n\r\n"))
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	_, status, _ := bytes.Cut(line, []byte(" "))
	if len(body) > 0 && !bytes.Equal(body, status) {
		return string(body)
	}
	if c.broken != "" {
		return c.broken
	}
	if start := firstLine(c.start); len(start) > 0 {
		return fmt.Sprintf("%s: it began with %#q", status, start)
	}
	return string(status)
}

// firstLine ends before the value of a header or of a parameter, and before a URL's user,
// which may be secret, however they are written.
func firstLine(start []byte) []byte {
	if end := bytes.IndexAny(start, "\r\n\t?:=&;,%@"); end >= 0 {
		start = start[:end]
	}
	first, rest, _ := bytes.Cut(start, []byte(" "))
	if !bytes.HasPrefix(rest, []byte("/")) && !bytes.Equal(rest, []byte("http")) && !bytes.Equal(rest, []byte("https")) {
		return first // "Authorization Bearer ..."
	}
	return start
}

// speaksHTTP2 tells the preface of HTTP/2 (RFC 9113, 3.4), which the HTTP library takes for
// a request.
func speaksHTTP2(r *http.Request) bool {
	return r.Method == "PRI" && r.RequestURI == "*" && r.Proto == "HTTP/2.0"
}

func (s *Server) refuseHTTP2(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusHTTPVersionNotSupported)
	s.malformed(r.RemoteAddr, "HTTP/2 came where HTTP/1.1 is spoken; the sender must not begin with it")
}

// report tells of the first thing that was wrong with a connection.
func (c *conn) report(reason string) {
	if c.reported.CompareAndSwap(false, true) {
		c.server.malformed(c.RemoteAddr().String(), reason)
	}
}

// CloseWrite lets the HTTP library end an answer before it closes the connection, so
// that a sender in the middle of a long body gets to read it.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// reset makes closing the connection look like a crash of the receiver.
func (c *conn) reset() {
	if tcp, ok := c.raw.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}
