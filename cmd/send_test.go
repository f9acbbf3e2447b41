package cmd

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// TestNoPortIsLeft sends more events than this machine has ports for.
func TestNoPortIsLeft(t *testing.T) {
	var stdout, stderr bytes.Buffer
	s := testSystem(&stdout)
	s.Stderr = &stderr
	s.Transport = func(ctx context.Context, options deliver.Network, kept int) (*http.Transport, error) {
		transport, err := deliver.NewTransport(ctx, options, kept)
		if err == nil {
			transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.EADDRNOTAVAIL}
			}
		}
		return transport, err
	}
	if code := Run(t.Context(), s, []string{"send", "ticket", "--count", "3", "-t", "127.0.0.1:3000"}); code != cli.ExitUnreachable {
		t.Errorf("exit code %d", code)
	}
	const want = "not delivered: no free local port for a connection to 127.0.0.1:3000"
	if got := stderr.String(); !strings.Contains(got, want) || !strings.Contains(got, "--keep-alive") || !strings.Contains(got, "--every") {
		t.Errorf("got %q", got)
	}
	if got := stdout.String(); !strings.Contains(got, "3 sent: 0 accepted, 0 rejected, 3 failed") {
		t.Errorf("got %q", got)
	}
}
