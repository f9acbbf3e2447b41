package recording

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

func TestTwoWritersOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	const each, goroutines = 50, 4
	var all sync.WaitGroup
	for w := range 2 {
		writer := create(t, path, Options{})
		for g := range goroutines {
			all.Go(func() {
				for i := range each {
					body := fmt.Sprintf("%d/%d/%d %s", w, g, i, strings.Repeat("x", 1000*i))
					if err := writer.Append(entry(body)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	seen := map[string]bool{}
	entries, torn := readAll(t, readFile(t, path))
	for _, e := range entries {
		name, _, _ := strings.Cut(string(e.Body), " ")
		seen[name] = true
	}
	if len(seen) != 2*goroutines*each || torn != nil {
		t.Errorf("%d entries, torn %v", len(seen), torn)
	}
}

func TestRepair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	first, second := create(t, path, Options{}), create(t, path, Options{})
	appendAll(t, first, entry("1"))
	// The second writer is killed in the middle of a line.
	if _, err := second.file.Write([]byte(`{"receivedAt":"20`)); err != nil {
		t.Fatal(err)
	}
	appendAll(t, first, entry("2"), entry("3"))
	entries, torn := readAll(t, readFile(t, path))
	if len(entries) != 3 || len(torn) != 1 || torn[0] != 2 {
		t.Errorf("%d entries, torn %v", len(entries), torn)
	}
}

func TestCreateFails(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "events.ndjson")} {
		if _, err := Create(path, Options{Sync: true}); err == nil {
			t.Errorf("%s was opened", path)
		}
	}
	path := filepath.Join(dir, "events.ndjson")
	create(t, path, Options{Sync: true})
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// smallDisk is a file on a disk with little room.
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
	for name, truncate := range map[string]error{"taken back": nil, "left torn": errors.New("read-only")} {
		t.Run(name, func(t *testing.T) {
			disk := openSmallDisk(t, 300)
			disk.truncate = truncate
			w := newWriter(disk, Options{})
			appendAll(t, w, entry("1"))
			before := readFile(t, disk.Name())
			if err := w.Append(entry("2")); !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("got %v", err)
			}
			if after := readFile(t, disk.Name()); truncate == nil && after != before {
				t.Errorf("left behind: %q", after)
			}
			disk.room = 1000
			appendAll(t, w, entry("3"))
			entries, torn := readAll(t, readFile(t, disk.Name()))
			if len(entries) != 2 || string(entries[1].Body) != "3" || (len(torn) == 1) != (truncate != nil) {
				t.Errorf("%d entries, torn %v", len(entries), torn)
			}
		})
	}
}

// slowDisk lets an fsync begin only when it is told to.
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
			appendOne := func() { errs <- w.Append(entry("{}")) }

			go appendOne()
			<-disk.began // the first one is alone
			for range 32 {
				go appendOne()
			}
			for w.count() < 33 { // the others are in the file, and wait
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
			if n := disk.syncs.Load(); n != 2 {
				t.Errorf("%d syncs for 33 entries, want 2", n)
			}
		})
	}
}

func TestAppendIsOneWrite(t *testing.T) {
	disk := &countingDisk{smallDisk: openSmallDisk(t, 1<<20)}
	w := newWriter(disk, Options{})
	appendAll(t, w, entry("1"), entry(strings.Repeat("x", 100_000)))
	if disk.writes != 2 {
		t.Errorf("%d writes for 2 entries", disk.writes)
	}
}

type countingDisk struct {
	*smallDisk
	writes int
}

func (d *countingDisk) Write(b []byte) (int, error) {
	d.writes++
	return d.smallDisk.Write(b)
}

func TestReaderMemoryIsConstant(t *testing.T) {
	line, _ := appendLine(nil, entry(strings.Repeat("x", 1000)), func(string) bool { return false })
	const lines = 20_000
	r := NewReader(&repeated{text: line, left: lines})
	n := 0
	for {
		_, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != lines || cap(r.line) > 8*len(line) {
		t.Errorf("%d entries, %d bytes kept", n, cap(r.line))
	}
}

// repeated reads as the same text again and again.
type repeated struct {
	text []byte
	at   int
	left int
}

func (r *repeated) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}

func BenchmarkAppend(b *testing.B) {
	w := create(b, filepath.Join(b.TempDir(), "events.ndjson"), Options{})
	e := entry(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Append(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	line, _ := appendLine(nil, entry(`{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`), func(string) bool { return false })
	r := NewReader(&repeated{text: line, left: 1 << 40})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
