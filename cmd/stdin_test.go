package cmd

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// TestInterruptEndsReading interrupts commands that wait for standard input,
// which never ends.
func TestInterruptEndsReading(t *testing.T) {
	for _, args := range [][]string{{"validate"}, {"send", "--data", "-", "--dry-run"}, {"replay", "-", "--loopback"}} {
		ctx, cancel := context.WithCancel(t.Context())
		in, w := io.Pipe()
		defer w.Close()
		var stdout, stderr bytes.Buffer
		system := testSystem(&stdout)
		system.Stdin, system.Stderr = in, &stderr
		system.Transport = deliver.NewTransport
		ended := make(chan int, 1)
		go func() { ended <- Run(ctx, system, args) }()
		io.WriteString(w, " ") // returns when it is being read
		cancel()
		if code := <-ended; code != cli.ExitInterrupted || stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, %q", args, code, &stderr)
		}
	}
}
