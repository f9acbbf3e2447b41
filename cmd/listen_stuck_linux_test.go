package cmd

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// TestListenStuck leaves the output unread: the listener reports that and stops, what it printed
// are complete lines, and the exit code is that of the result.
func TestListenStuck(t *testing.T) {
	schema, err := compileSchema("output", "listen")
	if err != nil {
		t.Fatal(err)
	}
	for want, args := range map[int][]string{cli.ExitNegative: {"--strict"}, cli.ExitUsage: nil} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			c, url, out := startListenUnread(t, &stderr, args...)
			for range 200 {
				response, err := http.Post(url, "application/JSON", strings.NewReader(`{"object":"`+strings.Repeat("x", 1000)+`"}`))
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
			}
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if state, err := c.Process.Wait(); err != nil || state.ExitCode() != want {
				t.Errorf("it ended with %v, %v; want exit code %d", state, err, want)
			}
			text, err := io.ReadAll(out)
			if err != nil {
				t.Fatal(err)
			}
			c.Wait() // for standard error
			if !strings.Contains(stderr.String(), "output is blocked and incomplete: 200 events") {
				t.Errorf("standard error is %q", stderr.String())
			}
			lines := strings.SplitAfter(string(text), "\n")
			if _, err := validateJSON(schema, string(text)); err != nil {
				t.Errorf("%.200v", err)
			}
			if end := lines[len(lines)-1]; end != "" || len(lines) < 10 {
				t.Errorf("%d lines, and then %.80q", len(lines)-1, end)
			}
		})
	}
}
