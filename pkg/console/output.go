package console

import (
	"io"
	"os"
	"sync"
)

// Output passes writes on, each changed as a whole, and remembers the first one that failed,
// so that a program can tell in one place that what it printed was lost. It is a terminal
// when what is behind it is one. It is safe for concurrent use as far as that is.
type Output struct {
	w      io.Writer
	change func(string) string // nil changes nothing

	mu       sync.Mutex // guards what follows
	err      error
	outlives bool
}

// NewOutput makes an output on w; change may be nil.
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

// Outlive drops from now on what is written once the reader has left, in place of an error:
// for a command that does more than print.
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

// Err is the first error of a write. A reader that has left is none: it has what it wants.
func (o *Output) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if isGone(o.err) {
		return nil
	}
	return o.err
}

// behind is what an Output writes to in the end, and any other stream itself.
func behind(stream any) any {
	for {
		o, ok := stream.(*Output)
		if !ok {
			return stream
		}
		stream = o.w
	}
}

// fileBehind is the file that a stream is, or writes to.
func fileBehind(stream any) (*os.File, bool) {
	file, ok := behind(stream).(*os.File)
	return file, ok && file != nil
}

// IsAt says whether a stream writes to what a path names, as /dev/stdout names standard
// output.
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
