package deliver

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver/delivertest"
)

// capture accepts requests and passes on their bytes.
func capture(l net.Listener) <-chan []byte {
	requests := make(chan []byte, 16)
	delivertest.Serve(l, func(conn net.Conn) {
		request, err := delivertest.ReadRequest(conn)
		if err != nil {
			request = []byte("incomplete request: " + err.Error())
		}
		io.WriteString(conn, delivertest.NoContent)
		requests <- request
	})
	return requests
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
