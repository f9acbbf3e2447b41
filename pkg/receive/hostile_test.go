package receive

import (
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestMalformed(t *testing.T) {
	r := start(t, Options{Limits: Limits{Headers: 1000}})
	tests := map[string]struct{ request, status, reason string }{
		"no HTTP":       {"hello\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: it began with `hello`"},
		"secret query":  {"GET /a b?token=x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: it began with `GET /a b`"},
		"secret header": {"Authorization: Bearer x\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request: it began with `Authorization`"},
		"secret user":   {"GET http://me:x@h/ HTTP/3.0\r\n\r\n", "HTTP/1.1 505 ", "it began with `GET http`"},
		"TLS":           {"\x16\x03\x01\x00\x05hello\r\n\r\n", "HTTP/1.1 400 ", "TLS came where plain HTTP is spoken; the sender must use http://"},
		"no host":       {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "missing required Host header"},
		"bad header":    {"GET / HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request"},
		"two lengths":   {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 400 ", "400 Bad Request"},
		"other coding":  {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 ", "Unsupported transfer encoding"},
		"other version": {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "HTTP/1.1 505 ", "505 HTTP Version Not Supported: unsupported protocol version: it began with `GET / HTTP/3.0`"},
		"HTTP/2":        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 ", "HTTP/2 came where HTTP/1.1 is spoken"},
		"expectation":   {"POST / HTTP/1.1\r\nHost: h\r\nExpect: the worst\r\n\r\n", "HTTP/1.1 417 ", "417 Expectation Failed"},
		"long header":   {"GET / HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 8000) + "\r\n\r\n", "HTTP/1.1 431 ", "431 Request Header"},
		"after another": {"GET / HTTP/1.1\r\nHost: h\r\n\r\nhello\r\n\r\n", "HTTP/1.1 204 ", "400 Bad Request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if reply := r.raw(t, test.request); !strings.HasPrefix(reply, test.status) {
				t.Errorf("answered %q", reply)
			}
			if m := <-r.malformed; !strings.Contains(m.Reason, test.reason) || m.Remote == "" || m.At.IsZero() {
				t.Errorf("%+v", m)
			}
		})
	}
	if err := r.stop(); err != nil || len(r.malformed) > 0 {
		t.Errorf("%v, %d more", err, len(r.malformed))
	}
}

// A head of many short lines is large in memory, and is not read to its end.
func TestHeadOfManyLines(t *testing.T) {
	r := start(t, Options{})
	io.WriteString(r.dial(t), "GET / HTTP/1.1\r\nHost: h\r\n"+strings.Repeat("a:\r\n", 3000))
	if m := <-r.malformed; m.Reason != "a request's head has more than 1000 lines" {
		t.Errorf("%+v", m)
	}
	body := strings.Repeat("\n", 9000) // counts for nothing
	if reply := post(t, r.url("/"), body); reply.StatusCode != 204 {
		t.Errorf("answered %d", reply.StatusCode)
	}
}

// What an earlier request of the connection began with explains nothing.
func TestMalformedAfterAnother(t *testing.T) {
	r := start(t, Options{})
	r.raw(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\nhello\r\n\r\n")
	if m := <-r.malformed; m.Reason != "400 Bad Request" {
		t.Errorf("%+v", m)
	}
}

// Half of a request may come together with the whole one before it.
func TestHalfARequestBehindAnother(t *testing.T) {
	r := start(t, Options{})
	c := r.dial(t)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHo")
	<-r.receptions
	c.(*net.TCPConn).CloseWrite()
	if m := <-r.malformed; m.Reason != "400 Bad Request" {
		t.Errorf("%+v", m)
	}
}

func TestClosedInTheHead(t *testing.T) {
	r := start(t, Options{})
	for name, leave := range map[string]func(net.Conn){"closed": func(c net.Conn) { c.Close() }, "reset": reset} {
		for _, head := range []string{"P", "POST / HT", "POST / HTTP/1.1\r\nHost: h"} {
			c := r.dial(t)
			io.WriteString(c, head)
			for len(r.places) == 0 {
				runtime.Gosched()
			}
			leave(c)
			if m := <-r.malformed; m.Reason != "the sender closed the connection in the middle of a request's head" {
				t.Errorf("%s after %q: %+v", name, head, m)
			}
		}
	}
}

// The time of a later request runs from its beginning, not from the end of the one before.
func TestSlowHeadOfAnother(t *testing.T) {
	r := start(t, Options{Limits: Limits{Request: 30 * time.Millisecond, Idle: time.Hour}})
	c := r.dial(t)
	roundTrip(t, c)
	io.WriteString(c, "POST / HTTP/1.1\r\n")
	if reply := readAll(t, c); reply != "" {
		t.Errorf("answered %q", reply)
	}
	if m := <-r.malformed; m.Reason != "no whole request came within 30ms" {
		t.Errorf("%+v", m)
	}
}

func TestStopInTheBody(t *testing.T) {
	r := start(t, Options{Limits: Limits{Grace: 10 * time.Millisecond}})
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
	for r.requests.Load() == 0 {
		runtime.Gosched()
	}
	if err := r.stop(); !errors.Is(err, ErrAborted) {
		t.Error(err)
	}
	if x := <-r.receptions; x.Outcome != Incomplete || x.Problem != "the listener stopped in the middle of the body" {
		t.Errorf("%+v", x)
	}
}

func TestSlowSenders(t *testing.T) {
	r := start(t, Options{Limits: Limits{Request: 30 * time.Millisecond, Idle: 20 * time.Millisecond}})
	t.Run("silent", func(t *testing.T) {
		if reply := r.raw(t, ""); reply != "" {
			t.Errorf("answered %q", reply)
		}
	})
	t.Run("half a head", func(t *testing.T) {
		if reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h"); reply != "" {
			t.Errorf("answered %q", reply)
		}
		if m := <-r.malformed; m.Reason != "no whole request came within 30ms" {
			t.Errorf("%+v", m)
		}
	})
	t.Run("half a body", func(t *testing.T) {
		reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
		if !strings.HasPrefix(reply, "HTTP/1.1 408 ") || !strings.Contains(reply, "Connection: close\r\n") {
			t.Errorf("answered %q", reply)
		}
		if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 408 || x.Problem != "the body did not end within 30ms" {
			t.Errorf("%+v", x)
		}
	})
	t.Run("idle afterwards", func(t *testing.T) {
		if reply := r.raw(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(reply, "HTTP/1.1 204 ") {
			t.Errorf("answered %q", reply)
		}
		<-r.receptions
	})
	if len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}
}

func TestBrokenBodies(t *testing.T) {
	r := start(t, Options{})
	reply := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
	if x := <-r.receptions; !strings.HasPrefix(reply, "HTTP/1.1 400 ") || x.Outcome != Incomplete || x.Status != 400 {
		t.Errorf("answered %q, %+v", reply, x)
	}
	c := r.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
	c.Close()
	if x := <-r.receptions; x.Outcome != Incomplete || x.Status != 0 || !strings.Contains(x.Problem, "closed the connection") {
		t.Errorf("%+v", x)
	}
}
