package fault

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
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// wireTransport writes requests to separate connections, by a script, since net/http would reject them.
type wireTransport struct {
	base   *http.Transport
	script func(message) wireScript
	sleep  func(context.Context, time.Duration) error
}

// errLongHead has the text of net/http, which has no type for it.
var errLongHead = errors.New("response headers exceeded the limit")

// aborted returns the failure of a delivery that the fault has aborted.
func aborted() error {
	return &deliver.Failure{
		Kind:    KindAborted,
		Message: "aborted in the middle of the body, as the fault specifies",
		Hint:    "check the server's log for the truncated body",
		Err:     errors.New("connection reset by the fault"),
	}
}

func (t *wireTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	m, err := newMessage(req)
	if err != nil {
		return nil, err
	}
	ctx := req.Context()
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		trace = new(httptrace.ClientTrace)
	}
	conn, err := t.connect(ctx, req, trace)
	if err != nil {
		return nil, err
	}
	call(trace.GotConn, httptrace.GotConnInfo{Conn: conn})
	e := newExchange(ctx, conn, t.base.MaxResponseHeaderBytes)
	go e.awaitFirstByte(trace)
	sent := e.write(t.script(m), t.sleep)
	resp, err := e.response(req)
	if err != nil {
		e.Close()
		return nil, errors.Join(sent, err)
	}
	return resp, nil
}

func call[T any](hook func(T), value T) {
	if hook != nil {
		hook(value)
	}
}

func (t *wireTransport) connect(ctx context.Context, req *http.Request, trace *httptrace.ClientTrace) (net.Conn, error) {
	to := deliver.Address(req.URL)
	call(trace.GetConn, to)
	dial := t.base.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", to)
	if err != nil || req.URL.Scheme != "https" {
		return conn, err
	}
	return t.secure(ctx, conn, req.URL.Hostname(), trace)
}

func (t *wireTransport) secure(ctx context.Context, conn net.Conn, name string, trace *httptrace.ClientTrace) (net.Conn, error) {
	config := new(tls.Config)
	if t.base.TLSClientConfig != nil {
		config = t.base.TLSClientConfig.Clone()
	}
	config.ServerName = name
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

// exchange is one request and its response on a connection.
type exchange struct {
	conn     net.Conn
	head     *io.LimitedReader // limits the response headers
	in       *bufio.Reader     // of head
	released func() bool
	began    context.Context // ends when a response has begun, or the exchange ends
	begin    context.CancelFunc
	peeked   chan struct{} // closed when in can be read
}

func newExchange(ctx context.Context, conn net.Conn, headLimit int64) *exchange {
	head := &io.LimitedReader{R: conn, N: headLimit}
	e := &exchange{conn: conn, head: head, in: bufio.NewReader(head), peeked: make(chan struct{})}
	e.released = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	e.began, e.begin = context.WithCancel(ctx)
	return e
}

func (e *exchange) awaitFirstByte(trace *httptrace.ClientTrace) {
	if _, err := e.in.Peek(1); err == nil && trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	e.begin()
	close(e.peeked)
}

// write follows the script until a response begins: a server that responds early does not need the rest.
// The error is that of the connection, or aborted.
func (e *exchange) write(script wireScript, sleep func(context.Context, time.Duration) error) error {
	for i, part := range script.parts {
		if i > 0 && sleep(e.began, script.pause) != nil {
			return nil
		}
		if _, err := e.conn.Write(part); err != nil {
			return err
		}
	}
	switch script.ending {
	case closeWrite:
		return e.conn.(interface{ CloseWrite() error }).CloseWrite()
	case reset:
		return e.reset()
	}
	return nil
}

func (e *exchange) reset() error {
	raw := e.conn
	if secured, ok := raw.(*tls.Conn); ok {
		raw = secured.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		// Without lingering, close resets the connection.
		_ = tcp.SetLinger(0)
	}
	raw.Close()
	return aborted()
}

// response reads the response headers. Its body closes the connection.
func (e *exchange) response(req *http.Request) (*http.Response, error) {
	<-e.peeked
	for {
		resp, err := http.ReadResponse(e.in, req)
		switch {
		case err != nil && e.head.N <= 0:
			return nil, errLongHead
		case err != nil:
			return nil, err
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			e.head.N = math.MaxInt64 // the body has separate limits
			resp.Body = responseBody{resp.Body, e}
			return resp, nil
		}
	}
}

// Close closes the connection.
func (e *exchange) Close() error {
	e.released()
	e.begin()
	return e.conn.Close()
}

type responseBody struct {
	io.Reader
	io.Closer
}
