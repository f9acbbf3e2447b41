// This file finds the names in the Connection header of a target's reply where the HTTP library
// has taken that header away: it does so when "close" is one of them. RFC 9110, section 7.6.1,
// wants the other ones not to be passed back. Over TLS the reply cannot be seen, and such
// headers pass.

package receive

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
)

// KeepConnectionHeader makes a transport usable for a Forwarder that removes all headers that
// are about one connection only.
func KeepConnectionHeader(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &seenConn{Conn: c}, nil
	}
}

// seenConn keeps what came since the last request.
type seenConn struct {
	net.Conn
	mu   sync.Mutex // guards what follows
	came []byte
}

func (c *seenConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.came = c.came[:0]
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *seenConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.came = append(c.came, p[:min(n, max(wholeReply-len(c.came), 0))]...)
	c.mu.Unlock()
	return n, err
}

// connection is the Connection header of the reply that came, behind those with 1xx.
func (c *seenConn) connection() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := textproto.NewReader(bufio.NewReader(bytes.NewReader(c.came)))
	for {
		line, err := in.ReadLine()
		if err != nil {
			return nil
		}
		headers, _ := in.ReadMIMEHeader()
		if _, status, _ := strings.Cut(line, " "); !strings.HasPrefix(status, "1") {
			return headers["Connection"]
		}
	}
}

// watchConn notes in seen over which connection a request goes.
func watchConn(ctx context.Context, seen **seenConn) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { *seen, _ = info.Conn.(*seenConn) },
	})
}

// restoreConnection gives a reply its Connection header back.
func restoreConnection(reply *http.Response, seen *seenConn) {
	if reply.Close && seen != nil && reply.Header["Connection"] == nil {
		if names := seen.connection(); names != nil {
			reply.Header["Connection"] = names
		}
	}
}
