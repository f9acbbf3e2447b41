// Package textfile reads text from files and from standard input, and creates files, by these rules:
//
//   - Reading ends with its context, even if it waits for a FIFO or a terminal.
//   - Text that is read whole has a size limit; other text is streamed.
//   - A byte order mark is removed, and UTF-16 is an error with a hint.
//   - A file that is created is whole, and replaces none.
package textfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrUTF16 means that a text is UTF-16, as saved by some programs on Windows.
var ErrUTF16 = errors.New("the text is UTF-16; save it as UTF-8")

// LimitError means that a text is larger than allowed.
type LimitError struct{ Limit int64 }

func (e *LimitError) Error() string {
	if e.Limit%(1<<20) == 0 {
		return fmt.Sprintf("larger than %d MiB", e.Limit>>20)
	}
	return fmt.Sprintf("larger than %d KiB", e.Limit>>10)
}

// ReadFile reads the text of a file of at most limit bytes. With ErrUTF16 it returns the
// bytes as they are.
func ReadFile(ctx context.Context, path string, limit int64) ([]byte, error) {
	return readFile(ctx, func() (fs.File, error) { return os.Open(path) }, limit)
}

// ReadFS is ReadFile for a file in fsys.
func ReadFS(ctx context.Context, fsys fs.FS, path string, limit int64) ([]byte, error) {
	return readFile(ctx, func() (fs.File, error) { return fsys.Open(path) }, limit)
}

// ReadAll is ReadFile for a reader.
func ReadAll(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	return await(ctx, func() ([]byte, error) { return readAll(r, limit) })
}

// Create writes a text to a file that does not exist yet. If it exists, the error is fs.ErrExist and the
// file is not changed.
func Create(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path) // an incomplete file would keep a second try from writing it
	}
	return err
}

// Text returns data without its byte order mark, or ErrUTF16.
func Text(data []byte) ([]byte, error) {
	if isUTF16(data) {
		return data, ErrUTF16
	}
	return bytes.TrimPrefix(data, []byte(mark)), nil
}

// Reason returns an error without the path of its file, for messages that already have it.
func Reason(err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return file.Err
	}
	return err
}

// mark is the byte order mark, in UTF-8.
const mark = "\ufeff"

// isUTF16 reports whether a text begins with the byte order mark of UTF-16, or with ASCII in
// UTF-16. JSON, YAML and PEM begin with ASCII and never have a NUL.
func isUTF16(head []byte) bool {
	return len(head) >= 2 && (head[0] == 0xfe && head[1] == 0xff || head[0] == 0xff && head[1] == 0xfe ||
		(head[0] == 0) != (head[1] == 0))
}

func readFile(ctx context.Context, open func() (fs.File, error), limit int64) ([]byte, error) {
	return await(ctx, func() ([]byte, error) {
		f, err := open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := rejectDirectory(f); err != nil {
			return nil, err
		}
		return readAll(f, limit)
	})
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, &LimitError{limit}
	}
	return Text(data)
}

// rejectDirectory returns the same error on all systems if f is a directory.
func rejectDirectory(f fs.File) error {
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return &fs.PathError{Op: "read", Path: info.Name(), Err: syscall.EISDIR}
	}
	return nil
}

// await returns the result of f, or the error of the context as soon as that ends. Then f
// keeps running, because its read may never return; the program is about to end.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
