package textfile

import (
	"bufio"
	"context"
	"io"
	"os"
)

// Open opens a file to stream its text. A regular file is read up to its size at the time
// of opening, because events read from a file may be recorded into the same file.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	f, err := await(ctx, func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return nil, err
	}
	if err := rejectDirectory(f); err != nil {
		f.Close()
		return nil, err
	}
	var text io.Reader
	// Files in /proc are regular, with size 0.
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		text = &reader{in: bufio.NewReader(polled{ctx, io.LimitReader(f, info.Size())})}
	} else {
		text = NewReader(ctx, f)
	}
	return struct {
		io.Reader
		io.Closer
	}{text, f}, nil
}

// NewReader streams the text of r.
func NewReader(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	return &reader{in: bufio.NewReader(out)}
}

// reader removes the byte order mark of a text.
type reader struct {
	in      *bufio.Reader
	started bool
}

func (r *reader) Read(p []byte) (int, error) {
	if !r.started {
		r.started = true
		head, _ := r.in.Peek(len(mark)) // the error is returned again below
		if isUTF16(head) {
			return 0, ErrUTF16
		}
		if string(head) == mark {
			_, _ = r.in.Discard(len(mark))
		}
	}
	return r.in.Read(p)
}

// polled is a reader that never blocks: its context is checked between two reads.
type polled struct {
	ctx context.Context
	io.Reader
}

func (p polled) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
