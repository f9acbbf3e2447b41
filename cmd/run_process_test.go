//go:build unix

package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// TestRunLeavesNoProgramBehind interrupts a run twice. The program under test ignores the request
// to stop.
func TestRunLeavesNoProgramBehind(t *testing.T) {
	const limit = 30 * time.Second
	tests := map[string][]os.Signal{
		// Two of one kind might come as one.
		"interrupted twice": {os.Interrupt, syscall.SIGTERM},
		"terminal closed":   {syscall.SIGHUP, os.Interrupt, syscall.SIGTERM},
	}
	for name, signals := range tests {
		t.Run(name, func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "fifo")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			waitedFor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			defer waitedFor.Close()
			deaf := `trap "" TERM; { echo $$; while :; do sleep 60; done; } >` + fifo
			c := exec.Command(cli.Program, "run", "ticket-lifecycle", "--loopback", "--exec", deaf, "--wait-for", waitedFor.URL)
			c.Env = append(os.Environ(), "HOME="+t.TempDir())
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			timeout := time.AfterFunc(limit, func() {
				c.Process.Kill()
				if w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
					w.Close()
				}
			})
			defer timeout.Stop()
			alive, err := os.Open(fifo) // waits until the program is there
			if err != nil {
				t.Fatal(err)
			}
			defer alive.Close()
			start := time.Now()
			for _, s := range signals {
				c.Process.Signal(s)
			}
			alive.SetReadDeadline(start.Add(limit))
			pid, err := io.ReadAll(alive) // ends when nothing of the program is left
			if err != nil {
				t.Errorf("the program is left behind: %v", err)
				if group, err := strconv.Atoi(strings.TrimSpace(string(pid))); err == nil {
					syscall.Kill(-group, syscall.SIGKILL)
				}
			}
			if err := c.Wait(); err == nil {
				t.Error("the run ended well")
			}
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
