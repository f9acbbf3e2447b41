package deliver

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
)

// Connection is a connection for requests that net/http would not send, or whose connection it would
// hide. It has the limits of the transport, and uses no proxy.
type Connection struct {
	net.Conn
	In *bufio.Reader // all that is received

	head  *io.LimitedReader
	limit int64
}

// errLongHead has the text of net/http, which has no type for it.
var errLongHead = errors.New("response headers exceeded the limit")

// Connect opens a connection to the host of a URL. The error is that of the network or of TLS.
func Connect(ctx context.Context, t *http.Transport, u *url.URL) (*Connection, error) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		trace = new(httptrace.ClientTrace)
	}
	to, dial := Address(u), t.DialContext
	if trace.GetConn != nil {
		trace.GetConn(to)
	}
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", to)
	if err == nil && u.Scheme == "https" {
		conn, err = secure(ctx, t, conn, u.Hostname(), trace)
	}
	if err != nil {
		return nil, err
	}
	head := &io.LimitedReader{R: conn, N: math.MaxInt64}
	return &Connection{Conn: conn, In: bufio.NewReader(head), head: head, limit: t.MaxResponseHeaderBytes}, nil
}

func secure(ctx context.Context, t *http.Transport, conn net.Conn, host string, trace *httptrace.ClientTrace) (net.Conn, error) {
	config := new(tls.Config)
	if t.TLSClientConfig != nil {
		config = t.TLSClientConfig.Clone()
	}
	config.ServerName = host
	secured := tls.Client(conn, config)
	if trace.TLSHandshakeStart != nil {
		trace.TLSHandshakeStart()
	}
	err := secured.HandshakeContext(ctx)
	if trace.TLSHandshakeDone != nil {
		trace.TLSHandshakeDone(secured.ConnectionState(), err)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// ReadResponse reads the headers of the response to a request, past those of interim responses.
func (c *Connection) ReadResponse(req *http.Request) (*http.Response, error) {
	c.head.N = c.limit
	defer func() { c.head.N = math.MaxInt64 }() // the body has separate limits
	for {
		resp, err := http.ReadResponse(c.In, req)
		switch {
		case err != nil && c.head.N <= 0:
			return nil, errLongHead
		case err != nil:
			return nil, err
		case resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols:
			return resp, nil
		}
	}
}
