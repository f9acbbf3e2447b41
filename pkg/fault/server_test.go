package fault

import (
	"bufio"
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
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
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

func readRequest(conn io.Reader) ([]byte, error) {
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(req.Body)
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

func parseTarget(t testing.TB, rawURL string, headers ...string) deliver.Target {
	t.Helper()
	u, err := deliver.ParseURL(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	target := deliver.Target{URL: u}
	for _, line := range headers {
		h, err := deliver.ParseHeader(line)
		if err != nil {
			t.Fatal(err)
		}
		target.Headers = append(target.Headers, h)
	}
	return target
}

// send delivers to a URL and fails the test when it takes far too long.
func send(t testing.TB, client *deliver.Client, rawURL, body string) deliver.Result {
	t.Helper()
	return client.Deliver(context.Background(), deliver.Request{Target: parseTarget(t, rawURL), Body: []byte(body)}, 10*time.Second)
}
