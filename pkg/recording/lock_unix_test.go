//go:build unix

package recording

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLockedByAnother has another program keep the lock: Append fails after a timeout, and works
// again once the lock is free.
func TestLockedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	w := create(t, path, Options{})
	w.lockTimeout = 5 * time.Millisecond
	appendAll(t, w, entry("1"))
	other, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if taken, err := tryLock(other.Fd()); !taken || err != nil {
		t.Fatal(taken, err)
	}
	if _, err := w.Append(entry("2")); err == nil || !strings.HasSuffix(err.Error(), "another program has locked the file for more than 5ms") {
		t.Errorf("got %v", err)
	}
	if err := unlock(other.Fd()); err != nil {
		t.Fatal(err)
	}
	appendAll(t, w, entry("3"))
	if entries, truncated := readAll(t, readFile(t, path)); len(entries) != 2 || truncated != nil {
		t.Errorf("%d entries, truncated %v", len(entries), truncated)
	}
}

func TestCreateRefusesFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, Options{}); err == nil || !strings.Contains(err.Error(), "it is a pipe or a device") {
		t.Errorf("got %v", err)
	}
}
