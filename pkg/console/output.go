package console

import (
	"io"
	"os"
	"sync"
)

// Output passes each write to another writer, changed if need be, and keeps the first
// error, so that a program can report in one place that output was lost. It counts as a
// terminal if the other writer is one, and is safe for concurrent use if that is.
type Output struct {
	w      io.Writer
	change func(string) string // nil changes nothing

	mu       sync.Mutex // guards what follows
	err      error
	outlives bool
}

// NewOutput returns an output that writes to w; change may be nil.
func NewOutput(w io.Writer, change func(string) string) *Output { return &Output{w: w, change: change} }

func (o *Output) Write(p []byte) (int, error) {
	n, err := o.write(p)
	if err == nil {
		return n, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.outlives && isGone(err) {
		return len(p), nil
	}
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// Unchanged returns the writer that an Output which changes texts writes to; any other w is
// returned itself.
func Unchanged(w io.Writer) io.Writer {
	if o, ok := w.(*Output); ok && o.change != nil {
		return o.w
	}
	return w
}

// Outlive makes writes succeed after the reader has closed the pipe: for commands that
// do more than print.
func (o *Output) Outlive() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outlives = true
}

func (o *Output) write(p []byte) (int, error) {
	if o.change == nil {
		return o.w.Write(p)
	}
	if _, err := io.WriteString(o.w, o.change(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Err is the first error of a write. A closed pipe is not an error: the reader has what
// it needs.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if isGone(o.err) {
		return nil
	}
	return o.err
}

// fileBehind is the file of a stream, which may be an Output, also of another Output.
func fileBehind(stream any) (*os.File, bool) {
	for o, ok := stream.(*Output); ok; o, ok = stream.(*Output) {
		stream = o.w
	}
	file, ok := stream.(*os.File)
	return file, ok && file != nil
}

// IsAt reports whether a stream writes to the file at a path; /dev/stdout is such a path.
func IsAt(stream any, path string) bool {
	file, ok := fileBehind(stream)
	if !ok {
		return false
	}
	there, err := os.Stat(path)
	if err != nil {
		return false
	}
	here, err := file.Stat()
	return err == nil && os.SameFile(here, there)
}
