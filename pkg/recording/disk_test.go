package recording

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// smallDisk is a file on a disk with little space.
type smallDisk struct {
	*os.File
	room     int
	truncate error
}

func (d *smallDisk) Write(b []byte) (int, error) {
	if len(b) <= d.room {
		d.room -= len(b)
		return d.File.Write(b)
	}
	n, _ := d.File.Write(b[:d.room])
	d.room = 0
	return n, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
}

func (d *smallDisk) Truncate(size int64) error {
	if d.truncate != nil {
		return d.truncate
	}
	return d.File.Truncate(size)
}

func openSmallDisk(t *testing.T, room int) *smallDisk {
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "events.ndjson"), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &smallDisk{File: f, room: room}
}

func TestFullDisk(t *testing.T) {
	for name, truncate := range map[string]error{"removed": nil, "left truncated": errors.New("read-only")} {
		t.Run(name, func(t *testing.T) {
			disk := openSmallDisk(t, 300)
			disk.truncate = truncate
			w := newWriter(disk, Options{})
			appendAll(t, w, entry("1"))
			before := readFile(t, disk.Name())
			if _, err := w.Append(entry("2")); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("got %v", err)
			}
			if after := readFile(t, disk.Name()); truncate == nil && after != before {
				t.Errorf("left behind: %q", after)
			}
			disk.room = 1000
			appendAll(t, w, entry("3"))
			entries, truncated := readAll(t, readFile(t, disk.Name()))
			if len(entries) != 2 || string(entries[1].Body) != "3" || (len(truncated) == 1) != (truncate != nil) {
				t.Errorf("%d entries, truncated %v", len(entries), truncated)
			}
		})
	}
}

// slowDisk blocks each fsync until the test releases it.
type slowDisk struct {
	*smallDisk
	began, end chan struct{}
	syncs      atomic.Int64
	err        error
}

func (d *slowDisk) Sync() error {
	d.syncs.Add(1)
	d.began <- struct{}{}
	<-d.end
	return d.err
}

func TestSyncIsShared(t *testing.T) {
	for name, failure := range map[string]error{"done": nil, "failed": errors.New("input/output error")} {
		t.Run(name, func(t *testing.T) {
			disk := &slowDisk{smallDisk: openSmallDisk(t, 1<<20), began: make(chan struct{}), end: make(chan struct{})}
			w := newWriter(disk, Options{Sync: true})
			errs := make(chan error, 33)
			appendOne := func() {
				_, err := w.Append(entry("{}"))
				errs <- err
			}

			go appendOne()
			<-disk.began // the first one is alone
			for range 32 {
				go appendOne()
			}
			for w.waiting() < 32 {
				runtime.Gosched()
			}
			disk.end <- struct{}{}
			if err := <-errs; err != nil {
				t.Error(err)
			}
			<-disk.began
			disk.err = failure
			disk.end <- struct{}{}
			for range 32 {
				if err := <-errs; !errors.Is(err, failure) {
					t.Error(err)
				}
			}
			want := 33
			if failure != nil {
				want = 1 // the others are removed
			}
			if n, lines := disk.syncs.Load(), lineCount(t, disk.Name()); n != 2 || lines != want {
				t.Errorf("%d syncs for 33 entries, want 2; %d lines, want %d", n, lines, want)
			}
		})
	}
}

func lineCount(t *testing.T, path string) int { return strings.Count(readFile(t, path), "\n") }

// heldDisk blocks each write until the test releases it.
type heldDisk struct {
	*smallDisk
	began, goOn chan struct{}
	writes      int
}

func (d *heldDisk) Write(b []byte) (int, error) {
	d.writes++
	d.began <- struct{}{}
	<-d.goOn
	return d.smallDisk.Write(b)
}

func TestWriteIsShared(t *testing.T) {
	for name, room := range map[string]int{"done": 1 << 20, "full": 300} {
		t.Run(name, func(t *testing.T) {
			disk := &heldDisk{smallDisk: openSmallDisk(t, room), began: make(chan struct{}, 9), goOn: make(chan struct{})}
			w := newWriter(disk, Options{})
			errs := make(chan error, 33)
			appendOne := func() {
				_, err := w.Append(entry("{}"))
				errs <- err
			}
			go appendOne()
			<-disk.began // the first one is alone
			for range 32 {
				go appendOne()
			}
			for w.waiting() < 32 {
				runtime.Gosched()
			}
			close(disk.goOn)
			failed := 0
			for range 33 {
				if err := <-errs; err != nil {
					failed++
					if !errors.Is(err, syscall.ENOSPC) {
						t.Error(err)
					}
				}
			}
			lines := lineCount(t, disk.Name())
			if disk.writes != 2 || lines+failed != 33 || (failed == 32) != (name == "full") {
				t.Errorf("%d writes, %d lines, %d failed", disk.writes, lines, failed)
			}
		})
	}
}

// waiting returns how many lines the next batch has.
func (w *Writer) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(string(w.next.text), "\n")
}
