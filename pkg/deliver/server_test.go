package deliver

import (
	"bufio"
	"bytes"
	"context"
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
	"time"
)

const noContent = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

// listen opens a port of the loopback interface.
func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// serve gives every connection to handle, and closes it when that returns.
func serve(l net.Listener, handle func(net.Conn)) {
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

// respond starts a server that reads a request and writes the given response, and returns its URL.
func respond(t testing.TB, resp string) string {
	t.Helper()
	l := listen(t)
	serve(l, func(conn net.Conn) {
		if _, err := readRequest(conn); err == nil {
			io.WriteString(conn, resp)
		}
	})
	return "http://" + l.Addr().String() + "/"
}

// capture accepts requests and passes on their bytes.
func capture(l net.Listener) <-chan []byte {
	requests := make(chan []byte, 16)
	serve(l, func(conn net.Conn) {
		request, err := readRequest(conn)
		if err != nil {
			request = []byte("incomplete request: " + err.Error())
		}
		io.WriteString(conn, noContent)
		requests <- request
	})
	return requests
}

// readRequest reads the bytes of a request whose length is given in its head.
func readRequest(conn io.Reader) ([]byte, error) {
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

// selfSigned is a TLS configuration for 127.0.0.1, and the file that holds its authority.
func selfSigned(t testing.TB) (config *tls.Config, caFile string) {
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

func newClient(t testing.TB, options Network) *Client {
	t.Helper()
	transport, err := NewTransport(t.Context(), options, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return NewClient(transport, time.Now)
}

func parseTarget(t testing.TB, rawURL string, headers ...string) Target {
	t.Helper()
	u, err := ParseURL(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	target := Target{URL: u}
	for _, line := range headers {
		h, err := ParseHeader(line)
		if err != nil {
			t.Fatal(err)
		}
		target.Headers = append(target.Headers, h)
	}
	return target
}

// send delivers to a URL and fails the test when it takes far too long.
func send(t testing.TB, client *Client, rawURL, body string) Result {
	t.Helper()
	return client.Deliver(context.Background(), Request{Target: parseTarget(t, rawURL), Body: []byte(body)}, 10*time.Second)
}
