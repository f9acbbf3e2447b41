package receive

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// startTLS starts a server with a self-signed certificate.
func startTLS(t *testing.T, limits Limits) (*running, tls.Certificate) {
	t.Helper()
	certificate, err := SelfSigned(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return start(t, Options{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, Limits: limits}), certificate
}

func TestTLS(t *testing.T) {
	r, certificate := startTLS(t, Limits{})
	roots := x509.NewCertPool()
	roots.AddCert(certificate.Leaf)
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		c, err := tls.Dial("tcp", r.addr, &tls.Config{RootCAs: roots, ServerName: name, NextProtos: []string{"h2", "http/1.1"}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != 204 || c.ConnectionState().NegotiatedProtocol != "http/1.1" {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
		c.Close()
		<-r.receptions
	}
	if len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}

	if resp := r.raw(t, "POST / HTTP/1.1\r\nHost: h\r\n\r\n"); !strings.HasPrefix(resp, "HTTP/1.0 400 ") || !strings.Contains(resp, "use https://") {
		t.Errorf("got %q", resp)
	}
	if m := <-r.malformed; m.Reason != "plain HTTP request to an HTTPS server; the sender must use https://" {
		t.Errorf("%+v", m)
	}
	if _, err := tls.Dial("tcp", r.addr, &tls.Config{ServerName: "localhost"}); err == nil {
		t.Error("a certificate out of nowhere was trusted")
	}
	if m := <-r.malformed; m.Reason != "TLS handshake: the sender does not trust the certificate (alert: bad certificate)" {
		t.Errorf("%+v", m)
	}
}

// TestIncompleteHandshakes has senders that stall after the start of a handshake. A sender that does
// not start one is not reported.
func TestIncompleteHandshakes(t *testing.T) {
	r, _ := startTLS(t, Limits{Request: 50 * time.Millisecond})
	for name, test := range map[string]struct {
		greeting string
		leave    func(net.Conn)
		want     string
	}{
		"silent":  {"", func(c net.Conn) { c.Close() }, ""},
		"closed":  {"\x16\x03\x01", func(c net.Conn) { c.Close() }, "TLS handshake: the sender disconnected, most likely because it does not trust the certificate"},
		"reset":   {"\x16\x03\x01", reset, "TLS handshake: the sender disconnected, most likely because it does not trust the certificate"},
		"stalled": {"\x16\x03\x01", func(c net.Conn) { io.ReadAll(c) }, "TLS handshake: incomplete after 50ms"},
		"garbled": {"\x16\x03\x01\x00\x04abcd", func(c net.Conn) { io.ReadAll(c) }, "TLS handshake: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.dial(t)
			io.WriteString(c, test.greeting)
			test.leave(c)
			if test.want == "" {
				return
			}
			if m := <-r.malformed; !strings.HasPrefix(m.Reason, test.want) {
				t.Errorf("%+v", m)
			}
		})
	}
	if r.stop(); len(r.malformed) > 0 {
		t.Errorf("%+v", <-r.malformed)
	}
}

// Some senders check the certificate only after the handshake.
func TestClosedAfterHandshake(t *testing.T) {
	r, _ := startTLS(t, Limits{})
	c, err := tls.Dial("tcp", r.addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if m := <-r.malformed; !strings.Contains(m.Reason, "after the TLS handshake, most likely because it does not trust the certificate") {
		t.Errorf("%+v", m)
	}
}

// A connection that is silent after the handshake, such as a browser's preconnect, is not reported
// when it times out. The limit also bounds the handshake, which takes longer on a busy machine.
func TestSilentAfterHandshake(t *testing.T) {
	for limit := 50 * time.Millisecond; limit < 10*time.Second; limit *= 2 {
		r, _ := startTLS(t, Limits{Request: limit})
		c, err := tls.Dial("tcp", r.addr, &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			io.ReadAll(c)
			c.Close()
		}
		r.stop()
		switch {
		case len(r.malformed) > 0:
			if m := <-r.malformed; !strings.HasPrefix(m.Reason, "TLS handshake: incomplete after ") {
				t.Fatalf("%+v", m)
			}
		case err == nil:
			return
		}
	}
	t.Fatal("no handshake was complete in time")
}

// TestBadRecordMAC is about senders with OpenSSL that do not trust the certificate.
func TestBadRecordMAC(t *testing.T) {
	err := &net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}
	if got := handshakeFailure(err, time.Second); !strings.Contains(got, "does not trust the certificate") {
		t.Errorf("got %q", got)
	}
}

func reset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

func TestFingerprint(t *testing.T) {
	certificate, err := SelfSigned(time.Unix(1575976413, 0))
	if err != nil {
		t.Fatal(err)
	}
	pin, err := Pin(certificate)
	if err != nil || !strings.HasPrefix(pin, "sha256//") || len(pin) != len("sha256//")+44 {
		t.Errorf("%s, %v", pin, err)
	}
	if f := Fingerprint(certificate); len(f) != 32*3-1 || f != strings.ToUpper(f) {
		t.Error(f)
	}
	if !certificate.Leaf.NotBefore.Before(time.Unix(1575976413, 0)) || !certificate.Leaf.NotAfter.After(time.Unix(1575976413, 0)) {
		t.Errorf("%v", certificate.Leaf)
	}
}
