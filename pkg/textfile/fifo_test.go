//go:build unix

package textfile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestContextEndsWaitingForFIFO opens a FIFO that nobody writes to, and one whose writer never writes.
func TestContextEndsWaitingForFIFO(t *testing.T) {
	for name, written := range map[string]bool{"without a writer": false, "with a silent writer": true} {
		path := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		for way, read := range map[string]func(context.Context) error{
			"ReadFile": func(ctx context.Context) error {
				_, err := ReadFile(ctx, path, limit)
				return err
			},
			"Open": func(ctx context.Context) error {
				f, err := Open(ctx, path)
				if err != nil {
					return err
				}
				defer f.Close()
				_, err = io.ReadAll(f)
				return err
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- read(ctx) }()
			var w *os.File
			if written {
				w, _ = os.OpenFile(path, os.O_WRONLY, 0) // returns when the other end is open
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("%s %s: %v", way, name, err)
			}
			if w != nil {
				w.Close()
				continue
			}
			w, _ = os.OpenFile(path, os.O_WRONLY, 0) // lets the one that was left behind go
			w.Close()
		}
	}
}
