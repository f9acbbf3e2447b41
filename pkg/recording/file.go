package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// file is the part of *os.File that a Writer needs, and that a test can make fail.
type file interface {
	io.WriteCloser
	io.ReaderAt
	io.Seeker
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
	if sync {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// renew makes the file anew when somebody removed it, or its folder. What is written to a
// removed file would be lost without a word.
func (w *Writer) renew() error {
	info, err := w.file.Stat()
	if err != nil || !isRemoved(info) {
		return err
	}
	f, err := w.open()
	if err != nil {
		return fmt.Errorf("it was removed, and cannot be made anew: %w", err)
	}
	_ = w.file.Close() // nobody can read it any more
	w.file, w.end = f, -1
	return nil
}

// full marks the error of a full disk as ErrFull.
func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
