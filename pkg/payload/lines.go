package payload

import (
	"bytes"
	"io"
	"strings"
)

// blockSize is how much a lineReader reads at once.
const blockSize = 256 << 10

// lineReader reads lines of any length, each as soon as it is there. A block of
// them becomes one string, so that a line costs no memory of its own.
type lineReader struct {
	r      io.Reader
	buffer []byte
	again  string // what was given back; it comes first
	block  string // what was read
	err    error  // why there is no more to read
}

// next is the next line with its line break. The last line may have none, and
// comes with the error that ended the reading.
func (l *lineReader) next() (string, error) {
	begun := ""
	for _, part := range []*string{&l.again, &l.block} {
		if end := strings.IndexByte(*part, '\n'); end >= 0 {
			return begun + cut(part, end+1), nil
		}
		begun += cut(part, len(*part))
	}
	return l.finish(begun)
}

// finish reads to the end of a line.
func (l *lineReader) finish(begun string) (string, error) {
	line := []byte(begun)
	for l.err == nil {
		chunk := l.fill()
		if end := bytes.IndexByte(chunk, '\n'); end >= 0 {
			l.block = string(chunk[end+1:])
			return string(append(line, chunk[:end+1]...)), nil
		}
		line = append(line, chunk...)
	}
	return string(line), l.err
}

// Read reads what next has not handed out.
func (l *lineReader) Read(p []byte) (int, error) {
	for _, part := range []*string{&l.again, &l.block} {
		if *part != "" {
			return copy(p, cut(part, min(len(p), len(*part)))), nil
		}
	}
	if l.err != nil {
		return 0, l.err
	}
	return l.r.Read(p)
}

// unread gives text back, to be read again.
func (l *lineReader) unread(text string) { l.again = text + l.again }

// cut takes the first n bytes off a text.
func cut(text *string, n int) string {
	first := (*text)[:n]
	*text = (*text)[n:]
	return first
}

// fill reads what there is.
func (l *lineReader) fill() []byte {
	if l.buffer == nil {
		l.buffer = make([]byte, blockSize)
	}
	n, err := l.r.Read(l.buffer)
	l.err = err
	return l.buffer[:n]
}
