package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// MaxLine is the largest size of a line, in bytes: of an entry with its body.
const MaxLine = 64 << 20

// Mark is the byte order mark that Windows programs write at the start of a text. It is skipped.
const Mark = "\ufeff"

// Reader reads a recording, one entry in memory at a time.
type Reader struct {
	input *bufio.Reader
	limit int // of a line
	line  []byte
	at    int // number of the line read last
	err   error
}

// TruncatedError reports a truncated line, as a crash leaves it. Its event got no response. Reading
// can continue.
type TruncatedError struct{ Line int }

func (e *TruncatedError) Error() string {
	return fmt.Sprintf("line %d is truncated", e.Line)
}

// LineError reports a line that is not an entry. Reading ends there.
type LineError struct {
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// NewReader returns a Reader of r, which the caller closes.
func NewReader(r io.Reader) *Reader {
	return &Reader{input: bufio.NewReaderSize(r, 64<<10), limit: MaxLine}
}

// Line returns the number of the line that was read last, from 1.
func (r *Reader) Line() int { return r.at }

// Read returns the next entry, and io.EOF after the last. After a *TruncatedError the next call
// continues with the next line. Any other error is a *LineError or the input's, and is final. Empty
// lines are skipped.
func (r *Reader) Read() (Entry, error) {
	for r.err == nil {
		r.readLine()
		if len(bytes.TrimSpace(r.line)) == 0 {
			continue
		}
		entry, err := Parse(r.line)
		if err == nil {
			return entry, nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Entry{}, &TruncatedError{Line: r.at}
		}
		r.err = &LineError{Line: r.at, Err: err}
	}
	return Entry{}, r.err
}

// readLine reads the next line into r.line, without its newline, and a final error into r.err.
func (r *Reader) readLine() {
	r.line, r.at = r.line[:0], r.at+1
	for more := true; more; {
		part, err := r.input.ReadSlice('\n')
		if len(r.line)+len(part) > cap(r.line) { // append would grow in more and smaller steps, all of them garbage
			r.line = slices.Grow(r.line, max(len(part), min(len(r.line), r.limit-len(r.line))))
		}
		r.line = append(r.line, part...)
		more = err == bufio.ErrBufferFull
		switch {
		case len(r.line) > r.limit:
			r.fail(&LineError{Line: r.at, Err: fmt.Errorf("longer than %d bytes", r.limit)})
			return
		case err == io.EOF:
			r.err = err
		case err != nil && !more:
			r.fail(fmt.Errorf("read recording: %w", err))
		}
	}
	r.line = bytes.TrimSuffix(r.line, []byte{'\n'})
	if r.at == 1 {
		r.line = bytes.TrimPrefix(r.line, []byte(Mark))
	}
}

// fail ends the reading and drops the current line.
func (r *Reader) fail(err error) { r.line, r.err = r.line[:0], err }
