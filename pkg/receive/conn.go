package receive

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
)

// connKey finds the connection in the context of a request.
type connKey struct{}

// Stages of a connection.
const (
	idle     int32 = iota // no byte of a request is here
	begun                 // some are, but the HTTP library has not made a request of them
	handling              // a request is in hand
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
	used     atomic.Bool  // a request came
	start    []byte       // of what came, until a request did
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
	n, err := c.Conn.Read(p)
	if n > 0 && c.stage.Load() == idle {
		c.begin(p[:n])
	}
	if err != nil && c.stage.Load() != handling {
		c.readFailed(err)
	}
	return n, err
}

// giveWay closes the connection, unless it has left the stage in which it was chosen: a
// request in hand is not to be cut off, least of all when it was recorded.
func (c *conn) giveWay(stage int32) bool {
	if !c.stage.CompareAndSwap(stage, closing) {
		return false
	}
	c.Close()
	return true
}

// handle notes that a request is in hand, unless the connection gives way already.
func (c *conn) handle() bool {
	c.used.Store(true)
	return c.stage.CompareAndSwap(begun, handling) || c.stage.CompareAndSwap(idle, handling)
}

// begin notes that a request begins. The first byte of a later one may have been read with
// the request before it, so only the first request's beginning is a whole one.
func (c *conn) begin(text []byte) {
	const shown = 40
	if !c.used.Load() {
		c.start = bytes.Clone(text[:min(len(text), shown)])
	}
	c.stamp()
	c.stage.CompareAndSwap(idle, begun)
}

func (c *conn) readFailed(err error) {
	var plain tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader[:]):
		c.report("plain HTTP came where TLS is spoken; the sender must use https://")
		io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis server speaks TLS; use https://\n")
	case errors.As(err, &network) && network.Timeout():
		if c.stage.Load() == begun {
			c.report("no whole request came within " + c.server.options.Limits.Request.String())
		}
	case errors.Is(err, io.EOF) && c.stage.Load() == begun:
		c.report("the sender closed the connection in the middle of a request's head")
	case c.tls != nil && !c.tls.ConnectionState().HandshakeComplete && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed):
		c.report("TLS handshake: " + strings.TrimPrefix(err.Error(), "tls: "))
	}
}

// looksLikeHTTP is what the HTTP library goes by too.
func looksLikeHTTP(start []byte) bool {
	for _, method := range []string{"GET /", "HEAD ", "POST ", "PUT /", "OPTIO"} {
		if string(start) == method {
			return true
		}
	}
	return false
}

// Write sees an answer without a request when the HTTP library refuses what came.
func (c *conn) Write(p []byte) (int, error) {
	if c.stage.Load() != handling {
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
	if start := firstLine(c.start); len(start) > 0 {
		return fmt.Sprintf("%s: it began with %#q", status, start)
	}
	return string(status)
}

// looksLikeTLS goes by the type and version that begin a handshake (RFC 8446, 5.1).
func looksLikeTLS(start []byte) bool { return bytes.HasPrefix(start, []byte{22, 3}) }

// firstLine ends before the value of a header or of a parameter, and before a URL's user,
// which may be secret.
func firstLine(start []byte) []byte {
	if end := bytes.IndexAny(start, "\r\n?:=&;"); end >= 0 {
		return start[:end]
	}
	return start
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
