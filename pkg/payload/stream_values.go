package payload

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// valueReader reads values that go over several lines, or that are in an array.
type valueReader struct {
	source  *lineCounter
	decoder *jsontext.Decoder
	commas  bool  // between the values, as in an array
	most    int64 // largest size of a value, in bytes
}

func newValueReader(r io.Reader, line, column int, commas bool, most int64) *valueReader {
	source := &lineCounter{r: r, line: line, begin: 1 - int64(column), end: most}
	return &valueReader{
		source: source, commas: commas, most: most,
		// Duplicate keys and invalid UTF-8 are findings of validation.
		decoder: jsontext.NewDecoder(source, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
}

// next returns the next value. If that is invalid, broken is true, and there is only where it begins.
func (v *valueReader) next() (found Located, broken bool, err error) {
	for {
		switch kind := v.decoder.PeekKind(); {
		case kind == '[' && v.decoder.StackDepth() == 0, kind == ']':
			if _, err := v.decoder.ReadToken(); err != nil {
				return v.failed(err)
			}
			continue
		}
		text, err := v.decoder.ReadValue()
		if err != nil {
			return v.failed(err)
		}
		end := v.decoder.InputOffset()
		v.source.end = end + v.most
		found = v.source.at(end - int64(len(text)))
		found.Text = string(text)
		return found, false, nil
	}
}

func (v *valueReader) failed(err error) (Located, bool, error) {
	rest := v.decoder.UnreadBuffer()
	start := v.decoder.InputOffset() + int64(len(rest)-len(v.unread()))
	found := v.source.at(start)
	switch {
	case v.source.err != nil:
		return found, false, v.source.err // the decoder may have turned it into a syntax error
	case err == io.EOF:
		return found, false, err
	}
	return found, true, nil
}

// unread is the input after the last value, and after its comma in an array: the invalid
// value begins here.
func (v *valueReader) unread() string {
	between := " \t\r\n"
	if v.commas || v.isOpen() {
		between += ","
	}
	return string(bytes.TrimLeft(v.decoder.UnreadBuffer(), between))
}

// atComma reports whether a valid comma follows.
func (v *valueReader) atComma() bool {
	rest := bytes.TrimLeft(v.decoder.UnreadBuffer(), " \t\r\n")
	return v.commas && !v.isOpen() && bytes.HasPrefix(rest, []byte(","))
}

// isOpen reports whether an array has begun and not ended.
func (v *valueReader) isOpen() bool { return v.decoder.StackDepth() > 0 }

// lineCounter is a reader that counts lines.
type lineCounter struct {
	r      io.Reader
	read   int64
	end    int64   // the most that may be read before the next value is complete
	line   int     // of the last offset that was asked for
	begin  int64   // offset of this line
	breaks []int64 // offsets of the next line breaks
	err    error   // of the reader
}

func (l *lineCounter) Read(p []byte) (int, error) {
	if l.read > l.end {
		l.err = errNoEnd
		return 0, l.err
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.end+1-l.read)])
	if err != io.EOF {
		l.err = err
	}
	for i, c := range p[:n] {
		if c == '\n' {
			l.breaks = append(l.breaks, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// at returns the line and the column of an offset. Offsets must be in ascending order.
func (l *lineCounter) at(offset int64) Located {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] < offset {
		l.begin = l.breaks[passed] + 1
		passed++
	}
	l.line += passed
	l.breaks = l.breaks[:copy(l.breaks, l.breaks[passed:])]
	return Located{Line: l.line, Column: int(offset-l.begin) + 1}
}
