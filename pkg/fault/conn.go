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

// wireTransport writes requests on a connection of its own, by a script, since the
// HTTP library would refuse to write them so.
type wireTransport struct {
	base   *http.Transport
	script func(message) wireScript
	sleep  func(context.Context, time.Duration) error
}

// errLongHead is worded as the HTTP library does, which has no type for it.
var errLongHead = errors.New("response headers exceeded the limit")

// aborted says that the sender broke off, as the fault demands.
func aborted() error {
	return &deliver.Failure{
		Kind:    KindAborted,
		Message: "broke off in the middle of the body, as the fault demands",
		Hint:    "look at the server's log for what it made of the half body",
		Err:     errors.New("connection reset on purpose"),
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
	reply, err := e.reply(req)
	if err != nil {
		e.Close()
		return nil, errors.Join(sent, err)
	}
	return reply, nil
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

// exchange is one request and its reply on a connection.
type exchange struct {
	conn     net.Conn
	head     *io.LimitedReader // what is left for the head of the reply
	in       *bufio.Reader     // of head
	released func() bool
	began    context.Context // ends when a reply has begun, or none will come
	begin    context.CancelFunc
	peeked   chan struct{} // closed when in may be read
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

// write follows the script until a reply begins: who answers early does not want the
// rest. The error is that of the connection, or aborted.
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
		// No lingering makes the close a reset.
		_ = tcp.SetLinger(0)
	}
	raw.Close()
	return aborted()
}

// reply reads the head of the reply. Its body closes the connection.
func (e *exchange) reply(req *http.Request) (*http.Response, error) {
	<-e.peeked
	for {
		reply, err := http.ReadResponse(e.in, req)
		switch {
		case err != nil && e.head.N <= 0:
			return nil, errLongHead
		case err != nil:
			return nil, err
		}
		if reply.StatusCode >= 200 || reply.StatusCode == http.StatusSwitchingProtocols {
			e.head.N = math.MaxInt64 // the body has limits of its own
			reply.Body = replyBody{reply.Body, e}
			return reply, nil
		}
	}
}

// Close gives the connection up.
func (e *exchange) Close() error {
	e.released()
	e.begin()
	return e.conn.Close()
}

type replyBody struct {
	io.Reader
	io.Closer
}
