package receive

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestMalformed(t *testing.T) {
	r := start(t, Options{Limits: Limits{Headers: 1000}})
	tests := map[string]struct{ request, status, reason string }{
		"no HTTP":       {"hello\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: the data starts with `hello`"},
		"secret query":  {"GET /a b?token=x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: the data starts with `GET /a b`"},
		"secret header": {"Authorization: Bearer x\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: the data starts with `Authorization`"},
		"secret user":   {"GET http://me:x@h/ HTTP/3.0\r\n\r\n", "HTTP/1.1 505 ", "the data starts with `GET http`"},
		"TLS":           {"\x16\x03\x01\x00\x05hello\r\n\r\n", "HTTP/1.1 400 ", "TLS handshake to a plain HTTP server; the sender must use http://"},
		"no host":       {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "missing required Host header"},
		"bad header":    {"GET / HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request"},
		"two lengths":   {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 400 ", "400 Bad Request"},
		"other coding":  {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 ", "Unsupported transfer encoding"},
		"other version": {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "HTTP/1.1 505 ", "505 HTTP Version Not Supported: unsupported protocol version: the data starts with `GET / HTTP/3.0`"},
		"HTTP/2":        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 ", "HTTP/2 request; only HTTP/1.1 is supported"},
		"expectation":   {"POST / HTTP/1.1\r\nHost: h\r\nExpect: the worst\r\n\r\n", "HTTP/1.1 417 ", "417 Expectation Failed"},
		"long header":   {"GET / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 8000) + "\r\n\r\n", "HTTP/1.1 431 ", "431 Request Header"},
		"after another": {"GET / HTTP/1.1\r\nHost: h\r\n\r\nhello\r\n\r\n", "HTTP/1.1 204 ", "400 Bad Request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if resp := r.raw(t, test.request); !strings.HasPrefix(resp, test.status) {
				t.Errorf("got %q", resp)
			}
			if m := <-r.malformed; !strings.Contains(m.Reason, test.reason) || m.Remote == "" || m.At.IsZero() ||
				m.IsPost != strings.HasPrefix(test.request, "POST ") {
				t.Errorf("%+v", m)
			}
		})
	}
	if err := r.stop(); err != nil || len(r.malformed) > 0 {
		t.Errorf("%v, %d more", err, len(r.malformed))
	}
}

// A head with many short lines uses much memory, and is not read to its end.
func TestHeadOfManyLines(t *testing.T) {
	r := start(t, Options{})
	io.WriteString(r.dial(t), "GET / HTTP/1.1\r\nHost: h\r\n"+strings.Repeat("a:\r\n", 3000))
	if m := <-r.malformed; m.Reason != "the request head has more than 1000 lines" {
		t.Errorf("%+v", m)
	}
	body := strings.Repeat("\n", 9000) // does not count
	if resp := post(t, r.url("/"), body); resp.StatusCode != 204 {
		t.Errorf("got %d", resp.StatusCode)
	}
}

// The start of an earlier request on the connection explains nothing.
func TestMalformedAfterAnother(t *testing.T) {
	r := start(t, Options{})
	r.raw(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\nhello\r\n\r\n")
	if m := <-r.malformed; m.Reason != "400 Bad Request" {
		t.Errorf("%+v", m)
	}
}

// A truncated request may arrive in the same packet as a complete one.
func TestTruncatedRequestAfterAnother(t *testing.T) {
	r := start(t, Options{})
	c := r.dial(t)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHo")
	<-r.receptions
	c.(*net.TCPConn).CloseWrite()
	if m := <-r.malformed; m.Reason != "400 Bad Request" {
		t.Errorf("%+v", m)
	}
}

func TestTruncatedHead(t *testing.T) {
	r := start(t, Options{})
	for name, leave := range map[string]func(net.Conn){"closed": func(c net.Conn) { c.Close() }, "reset": reset} {
		for _, head := range []string{"P", "POST / HT", "POST / HTTP/1.1\r\nHost: h"} {
			c := r.dial(t)
			io.WriteString(c, head)
			<-r.begun
			leave(c)
			if m := <-r.malformed; m.Reason != "truncated request head: the sender disconnected" {
				t.Errorf("%s after %q: %+v", name, head, m)
			}
		}
	}
}

// The timeout of a later request starts with its first byte, not with the end of the request before.
func TestSlowHeadOfLaterRequest(t *testing.T) {
	r := start(t, Options{Limits: Limits{Request: 30 * time.Millisecond, Idle: time.Hour}})
	c := r.dial(t)
	roundTrip(t, c)
	io.WriteString(c, "POST / HTTP/1.1\r\n")
	if resp := readAll(t, c); resp != "" {
		t.Errorf("got %q", resp)
	}
	if m := <-r.malformed; m.Reason != "the request head was incomplete after 30ms" {
		t.Errorf("%+v", m)
	}
}

func TestStopDuringBody(t *testing.T) {
	r := start(t, Options{Limits: Limits{Grace: 10 * time.Millisecond}})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\nhalf")
	if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || resp.StatusCode != 100 { // it is read
		t.Fatal(resp, err)
	}
	if err := r.stop(); !errors.Is(err, ErrAborted) {
		t.Error(err)
	}
	if x := <-r.receptions; x.Outcome != Incomplete || x.Problem != "the listener stopped before the body was complete" {
		t.Errorf("%+v", x)
	}
}

func TestSlowSenders(t *testing.T) {
	r := start(t, Options{Limits: Limits{Request: 30 * time.Millisecond, Idle: 20 * time.Millisecond}})
	t.Run("silent", func(t *testing.T) {
		if resp := r.raw(t, ""); resp != "" {
			t.Errorf("got %q", resp)
		}
	})
	t.Run("half a head", func(t *testing.T) {
		if resp := r.raw(t, "POST / HTTP/1.1\r\nHost: h"); resp != "" {
			t.Errorf("got %q", resp)
		}
		if m := <-r.malformed; m.Reason != "the request head was incomplete after 30ms" {
			t.Errorf("%+v", m)
		}
	})
	t.Run("half a body", func(t *testing.T) {
		resp := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
		if !strings.HasPrefix(resp, "HTTP/1.1 408 ") || !strings.Contains(resp, "Connection: close\r\n") {
			t.Errorf("got %q", resp)
		}
		if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 408 || x.Problem != "the body was incomplete after 30ms" {
			t.Errorf("%+v", x)
		}
	})
	t.Run("idle afterwards", func(t *testing.T) {
		if resp := r.raw(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(resp, "HTTP/1.1 204 ") {
			t.Errorf("got %q", resp)
		}
		<-r.receptions
	})
	if len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}
}

func TestTruncatedBodies(t *testing.T) {
	r := start(t, Options{})
	resp := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
	if x := <-r.receptions; !strings.HasPrefix(resp, "HTTP/1.1 400 ") || x.Outcome != Incomplete || x.Status != 400 {
		t.Errorf("got %q, %+v", resp, x)
	}
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
	c.Close()
	if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 0 || !strings.Contains(x.Problem, "the sender disconnected") {
		t.Errorf("%+v", x)
	}
}
