package fault

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
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
	conn, err := deliver.Connect(ctx, t.base, req.URL)
	if err != nil {
		return nil, err
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Conn: conn})
	}
	e := newExchange(ctx, conn)
	go e.awaitFirstByte(trace)
	sent := e.write(t.script(m), t.sleep)
	resp, err := e.response(req)
	if err != nil {
		e.Close()
		return nil, errors.Join(sent, err)
	}
	return resp, nil
}

// exchange is one request and its response on a connection.
type exchange struct {
	conn     *deliver.Connection
	released func() bool
	began    context.Context // ends when a response has begun, or the exchange ends
	begin    context.CancelFunc
	peeked   chan struct{} // closed when a response can be read
}

func newExchange(ctx context.Context, conn *deliver.Connection) *exchange {
	e := &exchange{conn: conn, peeked: make(chan struct{})}
	e.released = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	e.began, e.begin = context.WithCancel(ctx)
	return e
}

func (e *exchange) awaitFirstByte(trace *httptrace.ClientTrace) {
	if _, err := e.conn.In.Peek(1); err == nil && trace.GotFirstResponseByte != nil {
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
		return e.conn.Conn.(interface{ CloseWrite() error }).CloseWrite()
	case reset:
		return e.reset()
	}
	return nil
}

func (e *exchange) reset() error {
	raw := e.conn.Conn
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
	resp, err := e.conn.ReadResponse(req)
	if err != nil {
		return nil, err
	}
	resp.Body = responseBody{resp.Body, e}
	return resp, nil
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
