package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// rotation does to a recording what rotates logs, and collects what was in it.
type rotation struct {
	l             *lab.Lab
	listener      *lab.Process
	path, archive string

	moved, truncated, full int // times
	late                   int // moves after which the recording was not created again, or not noted, in time
	stuck                  int // times that nothing was recorded after the disk had space again
}

func (r *rotation) rotate(hour int) {
	switch hour % 3 {
	case 0:
		r.move()
	case 1:
		r.truncate()
	default:
		r.fill()
	}
}

// move moves the recording away; the listener continues in a new file.
func (r *rotation) move() {
	r.moved++
	old := r.path + ".1"
	r.l.Must(os.Rename(r.path, old))
	created := r.within(func() bool { _, err := os.Stat(r.path); return err == nil })
	noted := r.within(func() bool { return strings.Count(r.listener.Err.String(), "continues in a new file") == r.moved })
	if !created || !noted {
		r.late++
	}
	r.ship(old) // the listener has closed it
}

// truncate copies the recording and truncates it. It locks the file as writers do: what is written between
// a copy and a truncation without a lock is lost, whoever writes it.
func (r *rotation) truncate() {
	r.truncated++
	f, err := os.OpenFile(r.path, os.O_RDWR, 0)
	r.l.Must(err)
	defer f.Close()
	r.l.Must(syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	r.copy(f)
	r.l.Must(f.Truncate(0))
}

// fill leaves no space on the disk for a time.
func (r *rotation) fill() {
	r.full++
	filler := filepath.Join(filepath.Dir(r.path), "filler")
	os.WriteFile(filler, make([]byte, 64<<20), 0o600) // until the disk is full
	time.Sleep(200 * time.Millisecond)
	before := r.size()
	r.l.Must(os.Remove(filler))
	if !r.within(func() bool { return r.size() > before }) {
		r.stuck++
	}
}

func (r *rotation) size() int64 {
	info, err := os.Stat(r.path)
	r.l.Must(err)
	return info.Size()
}

// within waits for a condition, for 2 s.
func (r *rotation) within(met func() bool) bool {
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if met() {
			return true
		}
	}
	return false
}

// ship appends a file to the archive, and removes it.
func (r *rotation) ship(path string) {
	f, err := os.Open(path)
	r.l.Must(err)
	defer f.Close()
	r.copy(f)
	r.l.Must(os.Remove(path))
}

func (r *rotation) copy(f io.Reader) {
	archive, err := os.OpenFile(r.archive, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	r.l.Must(err)
	_, err = io.Copy(archive, f)
	r.l.Must(err)
	r.l.Must(archive.Close())
}
