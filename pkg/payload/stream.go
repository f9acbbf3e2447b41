package payload

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Located is one JSON value of a stream, or the invalid text in its place, and the line
// on which it begins, from 1.
type Located struct {
	Line int
	Text string
}

// Stream reads events in sequence: one event, one event per line (JSON Lines), events over
// several lines, or one array of events. It holds one event at a time, of at most maxEvent
// bytes.
//
// It does not validate: a line that is not JSON is returned as it is, and reading continues
// after it.
type Stream struct {
	most    int64 // largest size of an event, in bytes
	lines   *lineReader
	line    int          // of the next byte of lines
	decoder *valueReader // nil while there is one value per line
	array   bool         // an invalid value was in an array: commas and its end may follow
}

// maxEvent is the largest size of an event, or of a line of a recording, in bytes. A
// recorded body of MaxBody fits in it.
const maxEvent = 64 << 20

var errTooLarge = fmt.Errorf("the event is larger than %d MiB", maxEvent>>20)

// NewStream returns a stream that reads from r.
func NewStream(r io.Reader) *Stream {
	return newStream(r, maxEvent)
}

func newStream(r io.Reader, most int64) *Stream {
	return &Stream{most: most, lines: &lineReader{r: r, most: most}, line: 1}
}

// Next returns the next value, io.EOF at the end, or the error of the reader.
func (s *Stream) Next() (Located, error) {
	found, err := s.next()
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("line %d: %w", found.Line, err)
	}
	return found, err
}

func (s *Stream) next() (Located, error) {
	for s.decoder == nil {
		if s.beginsArray() { // which may go over several lines
			s.decoder = newValueReader(s.lines, s.line, s.array, s.most)
			break
		}
		at := s.line
		text, err := s.readLine()
		if text == "" && err != nil {
			return Located{Line: at}, err
		}
		switch trimmed := strings.TrimSpace(text); {
		case trimmed == "", s.array && (trimmed == "]" || trimmed == ","):
		case isOneValue(trimmed):
			return Located{at, trimmed}, nil
		default:
			s.lines.unread(text)
			s.decoder = newValueReader(s.lines, at, s.array, s.most)
		}
	}
	found, broken, err := s.decoder.next()
	if broken {
		return s.resume(found.Line)
	}
	return found, err
}

// beginsArray skips white space and reports whether an array follows.
func (s *Stream) beginsArray() bool {
	for {
		switch s.lines.peek() {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		case '[':
			return true
		default:
			return false
		}
		s.lines.skip()
	}
}

// resume continues after an invalid value: with the value after a valid comma, else with
// the rest of the line on which it begins.
func (s *Stream) resume(line int) (Located, error) {
	v := s.decoder
	s.lines.unread(v.unread())
	s.line, s.decoder = line, nil
	if v.atComma() {
		return s.next()
	}
	s.array = s.array || v.isOpen()
	text, err := s.readLine()
	switch {
	case text == "" && err == io.EOF && v.isOpen():
		return Located{line, "["}, nil // which has no end
	case text == "":
		return Located{Line: line}, err
	}
	return Located{line, strings.TrimSpace(text)}, nil
}

func (s *Stream) readLine() (string, error) {
	text, err := s.lines.next()
	if err == nil {
		s.line++
	}
	return text, err
}

// isOneValue reports whether a line has exactly one object from its beginning to its end.
// It does not check the syntax.
func isOneValue(line string) bool {
	if line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	if begun := strings.Count(line, "{"); begun == strings.Count(line, "}") && begun == trailing(line, '}') {
		return true // true of most lines
	}
	depth := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i == len(line)-1 // else there is more than one value
			}
		case '"':
			if i = endOfString(line, i); i == len(line) {
				return true // the string does not end on this line, so the object is invalid
			}
		}
	}
	return false
}

// trailing counts a byte at the end of a line.
func trailing(line string, c byte) int {
	n := 0
	for n < len(line) && line[len(line)-1-n] == c {
		n++
	}
	return n
}

// endOfString is the index of the quote that ends the string at start, or the length of
// the line. Most strings are too short for a library function to be faster.
func endOfString(line string, start int) int {
	for i := start + 1; i < len(line); i++ {
		switch line[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(line)
}

// valueReader reads values that go over several lines, or that are in an array.
type valueReader struct {
	source  *lineCounter
	decoder *jsontext.Decoder
	commas  bool  // between the values, as in an array
	most    int64 // largest size of a value, in bytes
}

func newValueReader(r io.Reader, line int, commas bool, most int64) *valueReader {
	source := &lineCounter{r: r, line: line, end: most}
	return &valueReader{
		source: source, commas: commas, most: most,
		// Duplicate keys and invalid UTF-8 are findings of validation.
		decoder: jsontext.NewDecoder(source, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
}

// next returns the next value. If that is invalid, broken is true and the line is the one
// on which it begins.
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
		return Located{v.source.lineAt(end - int64(len(text))), string(text)}, false, nil
	}
}

func (v *valueReader) failed(err error) (Located, bool, error) {
	rest := v.decoder.UnreadBuffer()
	start := v.decoder.InputOffset() + int64(len(rest)-len(v.unread()))
	found := Located{Line: v.source.lineAt(start)}
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
	line   int     // of the first of breaks
	breaks []int64 // offsets of the next line breaks
	err    error   // of the reader
}

func (l *lineCounter) Read(p []byte) (int, error) {
	if l.read > l.end {
		l.err = errTooLarge
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

// lineAt returns the line of an offset. Offsets must be in ascending order.
func (l *lineCounter) lineAt(offset int64) int {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] < offset {
		passed++
	}
	l.line += passed
	l.breaks = l.breaks[:copy(l.breaks, l.breaks[passed:])]
	return l.line
}

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
			return "", errTooLarge
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
