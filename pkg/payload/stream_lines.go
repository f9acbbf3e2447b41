package payload

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"
)

// blockSize is the size of one read of a lineReader.
const blockSize = 256 << 10

// lineReader reads lines of any length, each as soon as it is available. The lines of one
// block share one string, which saves an allocation per line.
type lineReader struct {
	r      io.Reader
	most   int64 // largest size of a line, in bytes
	buffer []byte
	again  string // what was unread; it comes first
	block  string // what was read
	err    error  // of the reader
}

// next returns the next line with its line break. The last line may have none, and is
// returned with the error that ended the reading.
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
		if len(line)+len(chunk) > cap(line) { // append would grow in smaller steps
			line = slices.Grow(line, max(len(chunk), min(len(line), int(l.most)-len(line))))
		}
		line = append(line, chunk...)
		if int64(len(line)) > l.most {
			return "", errNoEnd
		}
	}
	return string(line), l.err
}

// Read reads the input that next has not returned.
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

// peek returns the next byte, or 0 at the end.
func (l *lineReader) peek() byte {
	for l.again == "" && l.block == "" && l.err == nil {
		l.block = string(l.fill())
	}
	if part := cmp.Or(l.again, l.block); part != "" {
		return part[0]
	}
	return 0
}

// skip skips the byte that peek returned.
func (l *lineReader) skip() {
	if l.again != "" {
		l.again = l.again[1:]
	} else {
		l.block = l.block[1:]
	}
}

// unread makes text the next input.
func (l *lineReader) unread(text string) { l.again = text + l.again }

// cut removes and returns the first n bytes of a text.
func cut(text *string, n int) string {
	first := (*text)[:n]
	*text = (*text)[n:]
	return first
}

// fill reads one block.
func (l *lineReader) fill() []byte {
	if l.buffer == nil {
		l.buffer = make([]byte, blockSize)
	}
	n, err := l.r.Read(l.buffer)
	l.err = err
	return l.buffer[:n]
}
