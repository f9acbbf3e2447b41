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

// file is the part of *os.File that a Writer needs, and that a test can make fail.
type file interface {
	io.WriteCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
	Fd() uintptr
}

func openFile(path string, sync bool) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("it must be a plain file: %w", errors.Join(err, f.Close()))
	}
	if err := mayAppend(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if sync {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// mayAppend looks at the first line, so that nobody's program ends in events because its
// name was given for a recording's.
func mayAppend(f file) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	_, err = NewReader(io.NewSectionReader(f, 0, info.Size())).Read()
	var other *LineError
	if errors.As(err, &other) {
		return ErrNotRecording
	}
	return nil // a torn line is one, and what cannot be read is for the writing to say
}

// hold locks the file and says where it ends. When somebody moved or removed it, or its
// folder, it is made anew: what is written to a removed file would be lost without a word.
func (w *Writer) hold() (end int64, _ error) {
	for {
		if err := lock(w.file.Fd(), w.patience); err != nil {
			return 0, err
		}
		info, err := w.file.Stat()
		if err == nil && !w.isMoved(info) {
			return info.Size(), nil
		}
		if err == nil {
			err = w.renew()
		}
		if err != nil {
			_ = unlock(w.file.Fd())
			return 0, err
		}
	}
}

// isMoved says whether the recording's name does not stand for the open file any more.
func (w *Writer) isMoved(open fs.FileInfo) bool {
	if w.path == "" {
		return false
	}
	named, err := os.Stat(w.path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(open, named)
}

func (w *Writer) renew() error {
	f, err := openFile(w.path, w.options.Sync)
	if err != nil {
		return fmt.Errorf("it was moved or removed, and cannot be made anew: %w", err)
	}
	_ = w.file.Close() // this unlocks it too
	w.file, w.end, w.renewed = f, -1, true
	return nil
}

// watchEvery is how often it is seen after a recording to which nothing is written.
const watchEvery = time.Second / 2

// watch makes a moved file anew between two entries too, and tells of it where that holds up
// no entry.
func (w *Writer) watch() {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			w.lookAfter()
		case <-w.closed:
			return
		}
	}
}

func (w *Writer) lookAfter() {
	w.writing.Lock()
	if info, err := w.file.Stat(); err == nil && w.isMoved(info) {
		_ = w.renew() // the next entry says why it cannot be
	}
	w.writing.Unlock()
	w.tell()
}

// tell says that the file was made anew, if so.
func (w *Writer) tell() {
	w.writing.Lock()
	renewed := w.renewed
	w.renewed = false
	w.writing.Unlock()
	if renewed && w.options.Reopened != nil {
		w.options.Reopened()
	}
}

// lockPatience is how long another writer may have the file. To write a batch takes one far
// less; but a program that locks it for good must not hold up what waits for an answer.
const lockPatience = time.Second

// lock waits until no other writer has the file.
func lock(fd uintptr, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for pause := 20 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		taken, err := tryLock(fd)
		switch {
		case err != nil:
			return fmt.Errorf("lock: %w", err)
		case taken:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("another program has locked the file for more than %s", patience)
		}
		time.Sleep(pause)
	}
}

// full marks the error of a full disk as ErrFull.
func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
