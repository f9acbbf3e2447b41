package cmd

import (
	"bufio"
	"io"
)

// bufferedOutput is for commands that print a great many lines.
type bufferedOutput struct{ *bufio.Writer }

func newReports(w io.Writer) *bufferedOutput { return &bufferedOutput{bufio.NewWriterSize(w, 64<<10)} }

// before is a reader that shows all that was printed before it waits for more, so that
// the output of a live pipe is live too.
func (b *bufferedOutput) before(r io.Reader) io.Reader { return flushingReader{b, r} }

type flushingReader struct {
	output *bufferedOutput
	r      io.Reader
}

func (f flushingReader) Read(p []byte) (int, error) {
	// A flush that fails fails again when the next line is printed.
	_ = f.output.Flush()
	return f.r.Read(p)
}
