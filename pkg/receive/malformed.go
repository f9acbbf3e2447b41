// This file reports what net/http handles silently: data that is not an HTTP request, and truncated
// request heads.

package receive

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// connKey is the key of the connection in the context of a request.
type connKey struct{}

func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}

// Stages of a connection.
const (
	fresh   int32 = iota // no data yet
	idle                 // no data of the next request yet
	reading              // net/http reads a request head
	read                 // the head was read, or rejected
	serving              // a request is in flight
)

// conn is a connection that net/http serves. When net/http writes while no request is in flight, it
// is rejecting the data.
type conn struct {
	net.Conn // raw, or tls
	raw      net.Conn
	tls      *tls.Conn // nil is plain HTTP
	server   *Server
	stage    atomic.Int32
	start    []byte // of the data since the last request
	served   bool   // a request was in flight; what follows may be the rest of its body
	lines    int    // of the head that is being read
	written  int64  // bytes
	reported atomic.Bool
}

// watch wraps a connection, for which a slot is acquired.
func (s *Server) watch(raw *peekedConn) *conn {
	c := &conn{Conn: raw, raw: raw.Conn, server: s}
	if s.options.TLS != nil {
		c.tls = tls.Server(raw, s.options.TLS)
		c.Conn = c.tls
	}
	s.open.Add(1)
	return c
}

// connState follows a connection's states in net/http.
func (s *Server) connState(nc net.Conn, state http.ConnState) {
	c := nc.(*conn)
	switch state {
	case http.StateActive:
		c.stage.CompareAndSwap(reading, read)
	case http.StateIdle:
		c.stage.Store(idle)
	case http.StateClosed:
		<-s.slots
		s.open.Done()
	}
}

// serve notes that a request is in flight.
func (c *conn) serve() {
	c.stage.Store(serving)
	c.start, c.served = c.start[:0], true
}

func (c *conn) Read(p []byte) (int, error) {
	if c.lines > headLines && c.stage.Load() == reading {
		c.report(fmt.Sprintf("the request head has more than %d lines", headLines))
		return 0, errLongHead
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.observe(p[:n])
	}
	if err != nil && c.stage.Load() <= reading {
		c.readFailed(err)
	}
	return n, err
}

func (c *conn) observe(data []byte) {
	const kept = 40
	if c.stage.CompareAndSwap(fresh, reading) || c.stage.CompareAndSwap(idle, reading) {
		c.start, c.lines = c.start[:0], 0
	}
	if c.stage.Load() == reading {
		c.start = append(c.start, data[:min(len(data), kept-len(c.start))]...)
		c.lines += bytes.Count(data, []byte("\n"))
	}
}

func (c *conn) readFailed(err error) {
	var plain tls.RecordHeaderError
	stage := c.stage.Load()
	switch {
	case errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader[:]):
		c.start = plain.RecordHeader[:]
		c.report("plain HTTP request to an HTTPS server; the sender must use https://")
		io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis server requires HTTPS; use https://\n")
	case errors.Is(err, net.ErrClosed):
	case c.tls != nil && !c.tls.ConnectionState().HandshakeComplete:
		c.report("TLS handshake: " + handshakeFailure(err, c.server.options.Limits.Request))
	case c.tls != nil && stage == fresh && deliver.IsClosed(err):
		c.report("the sender disconnected after the TLS handshake, most likely because it does not trust the certificate")
	case stage == reading:
		c.report(headFailure(err, c.server.options.Limits.Request))
	}
}

// Write reports the response with which net/http rejects data that is not a request.
func (c *conn) Write(p []byte) (int, error) {
	if c.stage.Load() < serving {
		c.report(c.rejection(p))
	}
	n, err := c.Conn.Write(p)
	c.written += int64(n)
	return n, err
}

// bytesWritten returns how much was written to the connection; of another server's this is not known.
func (c *conn) bytesWritten() int64 {
	if c == nil {
		return 0
	}
	return c.written
}

// rejection returns the reason in a response of net/http, which is its body. When the body only
// repeats the status, the data itself is the best explanation.
func (c *conn) rejection(response []byte) string {
	if c.tls == nil && looksLikeTLS(c.start) {
		return "TLS handshake to a plain HTTP server; the sender must use http://"
	}
	head, body, _ := bytes.Cut(response, []byte("\r\n\r\n"))
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	_, status, _ := bytes.Cut(line, []byte(" "))
	if len(body) > 0 && !bytes.Equal(body, status) {
		return string(body)
	}
	if start := firstLine(c.start); len(start) > 0 && !c.served {
		return fmt.Sprintf("%s: the data starts with %#q", status, start)
	}
	return string(status)
}

// report reports the first problem of a connection.
func (c *conn) report(reason string) {
	if c.reported.CompareAndSwap(false, true) {
		c.server.malformed(Malformed{Remote: c.RemoteAddr().String(), Reason: reason, IsPost: bytes.HasPrefix(c.start, []byte(apizee.Method+" "))})
	}
}

// CloseWrite lets net/http end a response before it closes the connection, so that a sender that is
// still sending a long body can read it.
func (c *conn) CloseWrite() error {
	if c.tls != nil {
		return c.tls.CloseWrite()
	}
	if half, ok := c.raw.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// reset makes closing the connection reset it, as a crash of the endpoint would.
func (c *conn) reset() {
	if tcp, ok := c.raw.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
}

// headFailure returns why a request head is incomplete.
func headFailure(err error, limit time.Duration) string {
	switch {
	case deliver.IsTimeout(err):
		return "the request head was incomplete after " + limit.String()
	case deliver.IsClosed(err):
		return "truncated request head: the sender disconnected"
	}
	return "the request head cannot be read: " + err.Error()
}

// handshakeFailure returns why a TLS handshake failed. A sender that does not trust the certificate
// sends an alert or disconnects; with TLS 1.3 some send an alert that cannot be decrypted yet.
func handshakeFailure(err error, limit time.Duration) string {
	reason := strings.TrimPrefix(err.Error(), "tls: ")
	alert, isAlert := strings.CutPrefix(reason, "remote error: tls: ")
	switch {
	case isAlert && strings.Contains(alert, "certificate"):
		return "the sender does not trust the certificate (alert: " + alert + ")"
	case isAlert:
		return "alert from the sender: " + alert
	case deliver.IsTimeout(err):
		return "incomplete after " + limit.String()
	case deliver.IsClosed(err), reason == "local error: tls: bad record MAC":
		return "the sender disconnected, most likely because it does not trust the certificate"
	}
	return reason
}

// looksLikeHTTP uses the same prefixes as net/http.
func looksLikeHTTP(start []byte) bool {
	for _, method := range []string{"GET /", "HEAD ", "POST ", "PUT /", "OPTIO"} {
		if string(start) == method {
			return true
		}
	}
	return false
}

// looksLikeTLS uses the type and version that start a handshake (RFC 8446, section 5.1).
func looksLikeTLS(start []byte) bool { return bytes.HasPrefix(start, []byte{22, 3}) }

// firstLine returns the first line, up to the value of a header or a parameter or the user of a URL,
// which may be secret.
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

// isHTTP2Preface reports whether a request is the connection preface of HTTP/2 (RFC 9113,
// section 3.4), which net/http parses as a request.
func isHTTP2Preface(r *http.Request) bool {
	return r.Method == "PRI" && r.RequestURI == "*" && r.Proto == "HTTP/2.0"
}

func (s *Server) refuseHTTP2(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusHTTPVersionNotSupported)
	s.malformed(Malformed{Remote: r.RemoteAddr, Reason: "HTTP/2 request; only HTTP/1.1 is supported"})
}

func (s *Server) malformed(m Malformed) {
	m.At = s.options.Now()
	s.reports.add(new(place), len(m.Reason), func() { s.options.OnMalformed(m) })
}

// serverLog reports what net/http logs.
type serverLog struct{ server *Server }

// acceptErrorEvery is how often a failure to accept connections is reported; net/http tries many
// times per second.
const acceptErrorEvery = 10 * time.Second

func (l serverLog) Write(text []byte) (int, error) {
	reason := strings.TrimPrefix(strings.TrimSpace(string(text)), "http: ")
	if !strings.HasPrefix(reason, "Accept error: ") || l.server.isAcceptErrorDue() {
		l.server.malformed(Malformed{Reason: reason})
	}
	return len(text), nil
}

func (s *Server) isAcceptErrorDue() bool {
	now, last := s.options.Now().UnixNano(), s.acceptFailed.Load()
	return now-last >= int64(acceptErrorEvery) && s.acceptFailed.CompareAndSwap(last, now)
}
