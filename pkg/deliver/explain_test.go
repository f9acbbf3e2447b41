package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

// checkFailure wants ADDR in the expected texts for the address of the target.
func checkFailure(t *testing.T, got Result, target Target, kind Kind, message, hint string) {
	t.Helper()
	if got.Failure == nil {
		t.Fatalf("it did not fail: %d", got.Status)
	}
	fill := strings.NewReplacer("ADDR", Address(target.URL))
	f := got.Failure
	if f.Kind != kind || f.Message != fill.Replace(message) || !strings.Contains(f.Hint+" "+string(f.Remedy), fill.Replace(hint)) || f.Err == nil {
		t.Errorf("got %s, %q, %q, %q, %v", f.Kind, f.Message, f.Hint, f.Remedy, f.Err)
	}
	if got.Verdict() != VerdictFailed || got.Accepted() || got.Timings.Total <= 0 {
		t.Errorf("verdict %s after %v", got.Verdict(), got.Timings.Total)
	}
}

func TestFailureOfResponse(t *testing.T) {
	tests := map[string]struct {
		resp    string
		status  int
		kind    Kind
		message string
		hint    string
	}{
		"no response": {
			"", 0, KindReset, "ADDR closed the connection before the response", "HTTP/2 only; if it uses TLS, use https://",
		},
		"half a head": {
			"HTTP/1.1 200 OK\r\nX-Half: head\r\n", 0, KindReset, "ADDR closed the connection during the response", "it may have crashed ",
		},
		"garbage": {
			"220 mail.example.com ESMTP\r\n", 0, KindBadResponse, "the response of ADDR is not valid HTTP", "use https://",
		},
		"TLS alert": {
			"\x15\x03\x01\x00\x02\x02\x46\r\n", 0, KindBadResponse, "the response of ADDR is not valid HTTP", "use https://",
		},
		"garbled header": {
			"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", 0, KindBadResponse, "the response of ADDR is not valid HTTP", "HTTP server",
		},
		"endless header": {
			"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 300<<10), 0, KindBadResponse,
			"the response headers of ADDR are longer than 256 KiB", "headers",
		},
		"endless hints": {
			strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: x\r\n\r\n", 9000), 0, KindBadResponse,
			"the response headers of ADDR are longer than 256 KiB", "headers",
		},
		"truncated body": {
			"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 200, KindReset,
			"ADDR closed the connection during the response", "log",
		},
		"garbled chunk": {
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200, KindBadResponse,
			"the response of ADDR is not valid HTTP", "HTTP server",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target := parseTarget(t, delivertest.Respond(t, test.resp))
			got := newClient(t, Network{}).Deliver(t.Context(), Request{Target: target, Body: []byte("{}")}, 10*time.Second)
			checkFailure(t, got, target, test.kind, test.message, test.hint)
			if got.Status != test.status {
				t.Errorf("status %d, want %d", got.Status, test.status)
			}
		})
	}
}

func TestFailureWhenNothingListens(t *testing.T) {
	l := delivertest.Listen(t)
	l.Close()
	for scheme, hint := range map[string]string{
		"http":  "start your server listener",
		"https": "start your server tls-listener",
	} {
		target := parseTarget(t, scheme+"://"+l.Addr().String())
		got := newClient(t, Network{}).Deliver(t.Context(), Request{Target: target}, 10*time.Second)
		checkFailure(t, got, target, KindRefused, "connection refused by ADDR", hint)
	}
}

func TestFailureOfUnknownHost(t *testing.T) {
	target := parseTarget(t, "http://apizee-hooks-test.invalid/")
	got := newClient(t, Network{}).Deliver(t.Context(), Request{Target: target}, 0)
	// Without a network the lookup fails in another way.
	if got.Failure == nil || got.Failure.Kind != KindDNS || !strings.Contains(got.Failure.Message, "apizee-hooks-test.invalid") {
		t.Errorf("%+v", got.Failure)
	}
}

func TestFailureOfTime(t *testing.T) {
	const timeout = 50 * time.Millisecond
	silent := func(conn net.Conn) { io.Copy(io.Discard, conn) }
	tests := map[string]struct {
		scheme  string
		handle  func(net.Conn)
		status  int
		message string
	}{
		"no response": {"http", silent, 0, "no response from ADDR within 50ms"},
		"no end": {"http", func(conn net.Conn) {
			delivertest.ReadRequest(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
			silent(conn)
		}, 200, "the response of ADDR was not complete within 50ms"},
		"no handshake": {"https", silent, 0, "the TLS handshake with ADDR was not complete within 50ms"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := delivertest.Listen(t)
			delivertest.Serve(l, test.handle)
			target := parseTarget(t, test.scheme+"://"+l.Addr().String())
			got := newClient(t, Network{}).Deliver(t.Context(), Request{Target: target, Body: []byte("{}")}, timeout)
			checkFailure(t, got, target, KindTimeout, test.message, " timeout")
			if got.Status != test.status || got.Timings.Total < timeout/2 {
				t.Errorf("status %d after %v", got.Status, got.Timings.Total)
			}
		})
	}
}

func TestFailureToConnectInTime(t *testing.T) {
	target := parseTarget(t, "http://example.com")
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	got := NewClient(transport, time.Now).Deliver(t.Context(), Request{Target: target}, time.Millisecond)
	checkFailure(t, got, target, KindTimeout, "no connection to ADDR within 1ms", "firewall")
}

func TestFailureByCancel(t *testing.T) {
	l := delivertest.Listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	delivertest.Serve(l, func(conn net.Conn) {
		delivertest.ReadRequest(conn)
		cancel()
		io.Copy(io.Discard, conn)
	})
	target := parseTarget(t, l.Addr().String())
	got := newClient(t, Network{}).Deliver(ctx, Request{Target: target, Body: []byte("{}")}, time.Minute)
	checkFailure(t, got, target, KindCanceled, "canceled before the response was complete", "")
}

func TestFailureOfTrust(t *testing.T) {
	config, caFile := delivertest.SelfSigned(t)
	needy := config.Clone()
	needy.ClientAuth = tls.RequireAnyClientCert
	old := config.Clone()
	old.MaxVersion = tls.VersionTLS11

	tests := map[string]struct {
		config  *tls.Config
		options Network
		host    string
		message string
		hint    string
	}{
		"unknown authority": {config, Network{}, "127.0.0.1", "the certificate of ADDR is from an unknown authority", " authority"},
		"other name":        {config, Network{CAFile: caFile}, "localhost", "the certificate of ADDR is not for localhost", "in the certificate any-certificate"},
		"client certificate": {needy, Network{CAFile: caFile}, "127.0.0.1",
			"ADDR requires a client certificate", " client-certificate"},
		"old version": {old, Network{CAFile: caFile}, "127.0.0.1",
			"the TLS handshake with ADDR failed: remote error: tls: protocol version not supported", "versions"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "localhost:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			delivertest.Serve(tls.NewListener(l, test.config), func(conn net.Conn) { delivertest.ReadRequest(conn) })
			_, port, _ := net.SplitHostPort(l.Addr().String())
			target := parseTarget(t, "https://"+net.JoinHostPort(test.host, port))
			got := newClient(t, test.options).Deliver(t.Context(), Request{Target: target, Body: []byte("{}")}, 10*time.Second)
			checkFailure(t, got, target, KindTLS, test.message, test.hint)
		})
	}
}

// An alert can arrive while net/http waits for the next response, and is then wrapped.
func TestFailureOfWrappedAlert(t *testing.T) {
	alert := &net.OpError{Op: "remote error", Err: errors.New("tls: access denied")}
	c := circumstances{url: &url.URL{Scheme: "https", Host: "h:1"}}
	f, ok := c.noTrust(fmt.Errorf("readLoopPeekFailLocked: %w", alert))
	if want := "the TLS handshake with h:1 failed: remote error: tls: access denied"; !ok || f.Message != want {
		t.Errorf("got %q, %v; want %q", f.Message, ok, want)
	}
}

func TestFailureOfScheme(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	target := parseTarget(t, strings.Replace(plain.URL, "http:", "https:", 1))
	got := newClient(t, Network{Insecure: true}).Deliver(t.Context(), Request{Target: target, Body: []byte("{}")}, 10*time.Second)
	checkFailure(t, got, target, KindTLS, "ADDR does not use TLS", "use http:// instead of https://")

	// A Go server responds to plain HTTP on its TLS port.
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	resp := send(t, newClient(t, Network{}), strings.Replace(encrypted.URL, "https:", "http:", 1), "{}")
	if resp.Status != http.StatusBadRequest || resp.Verdict() != VerdictRejected {
		t.Errorf("%d, %+v", resp.Status, resp.Failure)
	}
}

func TestFailureOfProxy(t *testing.T) {
	l := delivertest.Listen(t)
	l.Close()
	proxy := "http://me:pw0rd@" + l.Addr().String()
	client := newClient(t, Network{Proxy: EnvironmentProxy(environment(map[string]string{"all_proxy": proxy}))})
	target := parseTarget(t, "https://example.com")
	got := client.Deliver(t.Context(), Request{Target: target}, 10*time.Second)
	shown := strings.Replace(proxy, "pw0rd", "****", 1)
	checkFailure(t, got, target, KindProxy, "the proxy "+shown+" for ADDR cannot be reached", "HTTPS_PROXY")
}

// What a proxy answers in place of SOCKS is not the endpoint's failure.
func TestFailureOfSOCKS(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"closed":  {"", "it closed the connection"},
		"reset":   {"", "it closed the connection"},
		"HTTP":    {"HTTP/1.1 400 Bad Request\r\n\r\n", "its answer is not SOCKS5"},
		"refused": {"\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			l := delivertest.Listen(t)
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				greeting := make([]byte, 3) // which must be read, else closing resets the connection
				_, _ = io.ReadFull(c, greeting)
				_, _ = io.WriteString(c, test.answer)
				if name == "reset" {
					_ = c.(*net.TCPConn).SetLinger(0)
				}
				if test.answer != "" {
					_, _ = io.Copy(io.Discard, c)
				}
			}()
			proxy := "socks5://" + l.Addr().String()
			client := newClient(t, Network{Proxy: EnvironmentProxy(environment(map[string]string{"all_proxy": proxy}))})
			target := parseTarget(t, "http://example.test")
			got := client.Deliver(t.Context(), Request{Target: target}, 10*time.Second)
			checkFailure(t, got, target, KindProxy, "the proxy "+proxy+" did not connect to ADDR: "+test.want, "SOCKS")
		})
	}
}

func TestFailureOfRoute(t *testing.T) {
	for _, number := range unreachableErrnos() {
		target := parseTarget(t, "http://192.0.2.1")
		dial := &net.OpError{Op: "dial", Net: "tcp", Err: number}
		transport := roundTripper(func(*http.Request) (*http.Response, error) { return nil, dial })
		got := NewClient(transport, time.Now).Deliver(t.Context(), Request{Target: target}, 0)
		checkFailure(t, got, target, KindUnreachable, "no route to ADDR", "the network")
	}
}

// A lack of resources on this machine is not a failure of the endpoint.
func TestFailureOfDescriptors(t *testing.T) {
	target := parseTarget(t, "http://127.0.0.1:1")
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)}
	transport := roundTripper(func(*http.Request) (*http.Response, error) { return nil, dial })
	got := NewClient(transport, time.Now).Deliver(t.Context(), Request{Target: target}, 0)
	checkFailure(t, got, target, KindOther, "too many open files for a connection to ADDR", "ulimit -n")
}

func TestFailureOfAnotherKind(t *testing.T) {
	odd := errors.New("something odd")
	transport := roundTripper(func(*http.Request) (*http.Response, error) { return nil, odd })
	target := parseTarget(t, "http://h")
	got := NewClient(transport, time.Now).Deliver(t.Context(), Request{Target: target}, 0)
	checkFailure(t, got, target, KindOther, "could not send to ADDR: something odd", "")
	if !errors.Is(got.Failure.Err, odd) {
		t.Errorf("the cause is lost: %v", got.Failure.Err)
	}
}
