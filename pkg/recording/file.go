package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// file is the part of *os.File that a Writer needs. A test can make it fail.
type file interface {
	io.WriteCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
	Fd() uintptr
}

var errNotRegular = errors.New("it is a pipe or a device; a recording must be a regular file")

func openFile(path string, sync bool) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		f.Close()
		return nil, &fs.PathError{Op: "seek", Path: path, Err: errNotRegular}
	}
	if err := checkFormat(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if sync {
		if err := syncDirectory(filepath.Dir(path)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// checkFormat checks the first line, so that events are not appended to a file that is not a
// recording.
func checkFormat(f file) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	_, err = NewReader(io.NewSectionReader(f, 0, info.Size())).Read()
	var other *LineError
	if errors.As(err, &other) {
		return ErrNotRecording
	}
	return nil // a truncated line is accepted, and a read error is left to the write
}

// lock locks the file and returns its size. When the file or its directory was moved or removed, the
// file is created again: data written to a removed file would be lost silently.
func (w *Writer) lock() (end int64, _ error) {
	for {
		if err := lockFile(w.file.Fd(), w.lockTimeout); err != nil {
			return 0, err
		}
		info, err := w.file.Stat()
		if err == nil && !w.isMoved(info) {
			return info.Size(), nil
		}
		if err == nil {
			err = w.reopen()
		}
		if err != nil {
			_ = unlock(w.file.Fd())
			return 0, err
		}
	}
}

// isMoved reports whether the path is no longer that of the open file.
func (w *Writer) isMoved(open fs.FileInfo) bool {
	if w.path == "" {
		return false
	}
	named, err := os.Stat(w.path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(open, named)
}

func (w *Writer) reopen() error {
	f, err := openFile(w.path, w.options.Sync)
	if err != nil {
		return fmt.Errorf("it was moved or removed, and cannot be created again: %w", err)
	}
	_ = w.file.Close() // this unlocks it too
	w.file, w.end, w.reopened = f, -1, true
	w.files++
	return nil
}

// watchEvery is how often an idle recording is checked.
const watchEvery = time.Second / 2

// watch creates a moved file again also between two entries, and calls Options.Reopened where that
// delays no entry.
func (w *Writer) watch() {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			w.checkMoved()
		case <-w.closed:
			return
		}
	}
}

func (w *Writer) checkMoved() {
	w.writing.Lock()
	if info, err := w.file.Stat(); err == nil && w.isMoved(info) {
		_ = w.reopen() // the next entry reports a failure
	}
	w.writing.Unlock()
	w.reportReopened()
}

// reportReopened calls Options.Reopened when the file was created again.
func (w *Writer) reportReopened() {
	w.writing.Lock()
	reopened := w.reopened
	w.reopened = false
	w.writing.Unlock()
	if reopened && w.options.Reopened != nil {
		w.options.Reopened()
	}
}

// lockTimeout is how long another writer may lock the file. A batch needs far less; but a program
// that never unlocks the file must not delay responses.
const lockTimeout = time.Second

// lockFile waits until no other writer has locked the file.
func lockFile(fd uintptr, timeout time.Duration) error {
	deadline := time.Now().Add(timeout)
	for pause := 20 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		locked, err := tryLock(fd)
		switch {
		case err != nil:
			return fmt.Errorf("lock: %w", err)
		case locked:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("another program has locked the file for more than %s", timeout)
		}
		time.Sleep(pause)
	}
}
