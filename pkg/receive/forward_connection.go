// This file restores the Connection header of a target's response. net/http removes that header
// when it lists "close", and with it the names of the other headers that must not be forwarded
// (RFC 9110, section 7.6.1). Over TLS the response cannot be read here; such headers are forwarded.

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

// KeepConnectionHeader prepares a transport for a Forwarder, so that it can remove all headers of a
// single connection.
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
		return &observedConn{Conn: c}, nil
	}
}

// observedConn keeps the data received since the last request.
type observedConn struct {
	net.Conn
	mu       sync.Mutex // guards received
	received []byte
}

func (c *observedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.received = c.received[:0]
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *observedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.received = append(c.received, p[:min(n, max(bufferedResponse-len(c.received), 0))]...)
	c.mu.Unlock()
	return n, err
}

// connection returns the Connection header of the response, after any with a 1xx status.
func (c *observedConn) connection() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := textproto.NewReader(bufio.NewReader(bytes.NewReader(c.received)))
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

// observeConn stores the connection that a request uses in conn.
func observeConn(ctx context.Context, conn **observedConn) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { *conn, _ = info.Conn.(*observedConn) },
	})
}

// restoreConnection restores the Connection header of a response.
func restoreConnection(resp *http.Response, conn *observedConn) {
	if resp.Close && conn != nil && resp.Header["Connection"] == nil {
		if names := conn.connection(); names != nil {
			resp.Header["Connection"] = names
		}
	}
}
