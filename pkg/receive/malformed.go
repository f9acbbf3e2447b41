// This file tells of what net/http keeps to itself: that what came is no HTTP request, or that
// a request's head broke off.

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

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// connKey finds the connection in the context of a request.
type connKey struct{}

func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}

// Stages of a connection.
const (
	fresh   int32 = iota // nothing of a request came yet
	resting              // nothing of the next one did
	reading              // the HTTP library reads a head
	read                 // and it has ended that, one way or the other
	serving              // a request is in hand
)

// conn is a connection that the HTTP library serves, and what can be seen of that: when it
// writes and no request is in hand, it refuses what came.
type conn struct {
	net.Conn // raw, or tls
	raw      net.Conn
	tls      *tls.Conn // nil is plain HTTP
	server   *Server
	stage    atomic.Int32
	start    []byte // of what came, until a request did
	lines    int    // that came of the head that is being read
	reported atomic.Bool
}

// watch takes a connection into service. Its place must be taken.
func (s *Server) watch(raw *begun) *conn {
	c := &conn{Conn: raw, raw: raw.Conn, server: s}
	if s.options.TLS != nil {
		c.tls = tls.Server(raw, s.options.TLS)
		c.Conn = c.tls
	}
	s.open.Add(1)
	return c
}

// connState follows the HTTP library through a connection's life.
func (s *Server) connState(nc net.Conn, state http.ConnState) {
	c := nc.(*conn)
	switch state {
	case http.StateActive:
		c.stage.CompareAndSwap(reading, read)
	case http.StateIdle:
		c.stage.Store(resting)
	case http.StateClosed:
		<-s.places
		s.open.Done()
	}
}

// serve notes that a request is in hand.
func (c *conn) serve() {
	c.stage.Store(serving)
	c.start = nil
}

func (c *conn) Read(p []byte) (int, error) {
	if c.lines > headLines && c.stage.Load() == reading {
		c.report(fmt.Sprintf("a request's head has more than %d lines", headLines))
		return 0, errLongHead
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.begin(p[:n])
	}
	if err != nil && c.stage.Load() <= reading {
		c.readFailed(err)
	}
	return n, err
}

func (c *conn) begin(text []byte) {
	const shown = 40
	if c.stage.Load() == fresh {
		c.start = bytes.Clone(text[:min(len(text), shown)])
	}
	if c.stage.CompareAndSwap(fresh, reading) || c.stage.CompareAndSwap(resting, reading) {
		c.lines = 0
	}
	if c.stage.Load() == reading {
		c.lines += bytes.Count(text, []byte("\n"))
	}
}

func (c *conn) readFailed(err error) {
	var plain tls.RecordHeaderError
	stage := c.stage.Load()
	switch {
	case errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader[:]):
		c.report("plain HTTP came where TLS is spoken; the sender must use https://")
		io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nThis server speaks TLS; use https://\n")
	case errors.Is(err, net.ErrClosed):
	case c.tls != nil && !c.tls.ConnectionState().HandshakeComplete:
		c.report("TLS handshake: " + withoutTLS(err, c.server.options.Limits.Request))
	case c.tls != nil && stage == fresh && deliver.IsClosed(err):
		c.report("the sender closed the connection after the TLS handshake, most likely since it does not trust the certificate")
	case stage == reading:
		c.report(brokeOff(err, c.server.options.Limits.Request))
	}
}

// Write sees an answer without a request when the HTTP library refuses what came.
func (c *conn) Write(p []byte) (int, error) {
	if c.stage.Load() < serving {
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

// brokeOff says why there is no more of a request's head.
func brokeOff(err error, limit time.Duration) string {
	switch {
	case deliver.IsTimeout(err):
		return "no whole request came within " + limit.String()
	case deliver.IsClosed(err):
		return "the sender closed the connection in the middle of a request's head"
	}
	return "a request's head broke off: " + err.Error()
}

// withoutTLS is why a handshake that had begun did not end. A sender that does not trust
// the certificate says so, or closes the connection; with TLS 1.3 some say so in a way that
// cannot be deciphered yet.
func withoutTLS(err error, limit time.Duration) string {
	reason := strings.TrimPrefix(err.Error(), "tls: ")
	alert, isAlert := strings.CutPrefix(reason, "remote error: tls: ")
	switch {
	case isAlert && strings.Contains(alert, "certificate"):
		return "the sender does not trust the certificate; it says " + alert
	case isAlert:
		return "the sender says " + alert
	case deliver.IsTimeout(err):
		return "it did not end within " + limit.String()
	case deliver.IsClosed(err), reason == "local error: tls: bad record MAC":
		return "the sender broke it off, most likely since it does not trust the certificate"
	}
	return reason
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

// looksLikeTLS goes by the type and version that begin a handshake (RFC 8446, 5.1).
func looksLikeTLS(start []byte) bool { return bytes.HasPrefix(start, []byte{22, 3}) }

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

func (s *Server) malformed(remote, reason string) {
	m := Malformed{At: s.options.Now(), Remote: remote, Reason: reason}
	s.reports.add(len(reason), func() { s.options.OnMalformed(m) })
}

// complaints are what the HTTP library would log: that connections cannot be accepted, for one,
// which it tries many times a second.
type complaints struct{ server *Server }

// complainEvery is how often that is said.
const complainEvery = 10 * time.Second

func (c complaints) Write(text []byte) (int, error) {
	reason := strings.TrimPrefix(strings.TrimSpace(string(text)), "http: ")
	if !strings.HasPrefix(reason, "Accept error: ") || c.server.tellsAgain() {
		c.server.malformed("", reason)
	}
	return len(text), nil
}

func (s *Server) tellsAgain() bool {
	now, told := s.options.Now().UnixNano(), s.complained.Load()
	return now-told >= int64(complainEvery) && s.complained.CompareAndSwap(told, now)
}
