package audit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// keptConnection sends requests over one connection, as a sender does that keeps it. It shows what
// net/http hides: a server that ends the connection without saying so, and bytes that belong to no
// response. Like the faults on the wire, it uses no proxy.
type keptConnection struct {
	base *http.Transport
	conn *deliver.Connection

	unannounced bool // the server ended the connection after a response that did not say so
}

// needsNoProxy is for the rules whose requests a proxy would change.
func needsNoProxy(s *session) string {
	if s.options.Transport.Proxy == nil {
		return ""
	}
	if proxy, err := s.options.Transport.Proxy(&http.Request{URL: s.options.Target.URL}); err != nil || proxy == nil {
		return ""
	}
	return "a proxy would change its requests"
}

func (s *session) keptConnection() *keptConnection { return &keptConnection{base: s.options.Transport} }

// client returns a client that uses the connection.
func (k *keptConnection) client(s *session) *deliver.Client {
	return deliver.NewClient(k, s.options.Now)
}

// surplus returns the bytes that arrived after the last response.
func (k *keptConnection) surplus() []byte {
	if k.conn == nil {
		return nil
	}
	in := k.conn.In
	k.look()
	surplus, _ := in.Peek(in.Buffered())
	return surplus
}

// look reads what has arrived without waiting, and notes the end of the connection.
func (k *keptConnection) look() {
	if k.conn == nil || k.conn.In.Buffered() > 0 {
		return
	}
	_ = k.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := k.conn.In.Peek(1)
	_ = k.conn.SetReadDeadline(time.Time{})
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		k.unannounced = true
		k.close()
	}
}

func (k *keptConnection) close() {
	if k.conn != nil {
		k.conn.Close()
		k.conn = nil
	}
}

func (k *keptConnection) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	k.look()
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		trace = new(httptrace.ClientTrace)
	}
	reused := k.conn != nil
	if !reused {
		conn, err := deliver.Connect(ctx, k.base, req.URL)
		if err != nil {
			return nil, err
		}
		k.conn = conn
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Conn: k.conn, Reused: reused})
	}
	conn := k.conn
	release := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer release()
	resp, err := k.exchange(req, trace)
	if err != nil {
		k.unannounced = k.unannounced || reused && ctx.Err() == nil
		k.close()
	}
	return resp, err
}

// exchange sends a request, and reads the whole response.
func (k *keptConnection) exchange(req *http.Request, trace *httptrace.ClientTrace) (*http.Response, error) {
	if err := req.Write(k.conn); err != nil {
		return nil, err
	}
	resp, err := k.conn.ReadResponse(req)
	if err != nil {
		return nil, err
	}
	if trace.GotFirstResponseByte != nil {
		trace.GotFirstResponseByte()
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, deliver.DrainedBody))
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.Close || len(body) == deliver.DrainedBody {
		k.close()
	}
	return resp, nil
}
