// Package delivertest provides endpoints for tests of deliveries, down to the bytes of a connection.
package delivertest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// NoContent is the response of an endpoint that accepts an event.
const NoContent = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

// Listen opens a port of the loopback interface.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Serve gives every connection to handle, and closes it when that returns.
func Serve(l net.Listener, handle func(net.Conn)) {
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
}

// Respond starts a server that reads a request and writes the given response, and returns its URL.
func Respond(t testing.TB, response string) string {
	t.Helper()
	l := Listen(t)
	Serve(l, func(conn net.Conn) {
		if _, err := ReadRequest(conn); err == nil {
			io.WriteString(conn, response)
		}
	})
	return "http://" + l.Addr().String() + "/"
}

// ReadRequest reads the bytes of a request whose length is given in its head.
func ReadRequest(conn io.Reader) ([]byte, error) {
	var raw bytes.Buffer
	reader := bufio.NewReader(io.TeeReader(conn, &raw))
	length, head := 0, 0
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return nil, err
		}
		head += len(line)
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
		if line == "\r\n" {
			break
		}
	}
	if _, err := io.CopyN(io.Discard, reader, int64(length)); err != nil {
		return nil, err
	}
	return raw.Bytes()[:head+length], nil
}

// SelfSigned returns a TLS configuration for 127.0.0.1, and the file that holds its authority.
func SelfSigned(t testing.TB) (config *tls.Config, caFile string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	caFile = filepath.Join(t.TempDir(), "ca file.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: server.TLS.Certificates}, caFile
}
