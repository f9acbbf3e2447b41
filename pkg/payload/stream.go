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

// Located is one JSON value of a stream, or what stands where one should be,
// and the line it begins on, from 1.
type Located struct {
	Line int
	Text string
}

// Stream reads events one after the other: one event, events one a line (JSON
// Lines), events laid out over many lines, or one array of events. It holds one
// event at a time, which may not be larger than maxEvent.
//
// It checks nothing: a line that is not JSON comes out as it is, and the
// reading goes on after it.
type Stream struct {
	most    int64 // bytes of an event
	lines   *lineReader
	line    int          // of the next byte of lines
	decoder *valueReader // nil while there is one value a line
	array   bool         // a broken value stood in one: commas and its end may follow
}

// maxEvent is how many bytes an event may have, or a line of a recording. A body of MaxBody
// fits in, whatever JSON makes of it.
const maxEvent = 64 << 20

// errTooLarge means that an event has no end within maxEvent.
var errTooLarge = fmt.Errorf("it has no end within %d MiB", maxEvent>>20)

// NewStream reads from r.
func NewStream(r io.Reader) *Stream {
	return newStream(r, maxEvent)
}

func newStream(r io.Reader, most int64) *Stream {
	return &Stream{most: most, lines: &lineReader{r: r, most: most}, line: 1}
}

// Next is the next value. It returns io.EOF at the end, or why the reading failed.
func (s *Stream) Next() (Located, error) {
	found, err := s.next()
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("line %d: %w", found.Line, err)
	}
	return found, err
}

func (s *Stream) next() (Located, error) {
	for s.decoder == nil {
		if s.beginsArray() { // it need not end on this line
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
		return s.pass(found.Line)
	}
	return found, err
}

// beginsArray passes over white space and looks at what follows it.
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

// pass goes on after what cannot be read, from the line on which it begins: with the value
// behind a comma that stands there rightly, else with the rest of that line as it is.
func (s *Stream) pass(line int) (Located, error) {
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
		return Located{line, "["}, nil // it has no end
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

// isOneValue tells a line that holds a whole object from one that only begins
// it. Whether it is sound is for others to say.
func isOneValue(line string) bool {
	if line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	if begun := strings.Count(line, "{"); begun == strings.Count(line, "}") && begun == trailing(line, '}') {
		return true // all that begins ends here; most lines are so
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
				return true // it never ends on this line, and none goes over lines
			}
		}
	}
	return false
}

// trailing counts how often a byte stands at the end of a line.
func trailing(line string, c byte) int {
	n := 0
	for n < len(line) && line[len(line)-1-n] == c {
		n++
	}
	return n
}

// endOfString is the index of the quote that ends the string which begins at
// start, or the length of the line. Most strings are too short to make a search
// of the library worth its call.
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

// valueReader reads values that go over several lines, or that stand in an
// array.
type valueReader struct {
	source  *lineCounter
	decoder *jsontext.Decoder
	commas  bool  // stand between the values, as in an array
	most    int64 // bytes of a value
}

func newValueReader(r io.Reader, line int, commas bool, most int64) *valueReader {
	source := &lineCounter{r: r, line: line, end: most}
	return &valueReader{
		source: source, commas: commas, most: most,
		// Duplicate keys and broken UTF-8 are findings of the event they are in.
		decoder: jsontext.NewDecoder(source, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
}

// next is the next value. When there is none that can be read, broken is true
// and the line is the one on which it should have begun.
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
		return found, false, v.source.err // the decoder may have made a mistake of syntax of it
	case err == io.EOF:
		return found, false, err
	}
	return found, true, nil
}

// unread is what was read and follows the last value, and the comma behind that in an
// array: the broken one begins here.
func (v *valueReader) unread() string {
	between := " \t\r\n"
	if v.commas || v.isOpen() {
		between += ","
	}
	return string(bytes.TrimLeft(v.decoder.UnreadBuffer(), between))
}

// atComma says whether only a comma is in the way, which stands there rightly.
func (v *valueReader) atComma() bool {
	rest := bytes.TrimLeft(v.decoder.UnreadBuffer(), " \t\r\n")
	return v.commas && !v.isOpen() && bytes.HasPrefix(rest, []byte(","))
}

// isOpen says whether an array has begun that has not ended.
func (v *valueReader) isOpen() bool { return v.decoder.StackDepth() > 0 }

// lineCounter remembers where the lines of what it reads begin.
type lineCounter struct {
	r      io.Reader
	read   int64
	end    int64   // how much may be read, until there is the next value
	line   int     // on which the first remembered line break stands
	breaks []int64 // offsets of the line breaks that were not passed yet
	err    error   // why the reading failed
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

// lineAt is the line of an offset; offsets are asked for in rising order.
func (l *lineCounter) lineAt(offset int64) int {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] < offset {
		passed++
	}
	l.line += passed
	l.breaks = l.breaks[:copy(l.breaks, l.breaks[passed:])]
	return l.line
}

// blockSize is how much a lineReader reads at once.
const blockSize = 256 << 10

// lineReader reads lines of any length, each as soon as it is there. A block of
// them becomes one string, so that a line costs no memory of its own.
type lineReader struct {
	r      io.Reader
	most   int64 // bytes of a line
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
		if len(line)+len(chunk) > cap(line) { // append itself would make more and smaller steps, all of them garbage
			line = slices.Grow(line, max(len(chunk), min(len(line), int(l.most)-len(line))))
		}
		line = append(line, chunk...)
		if int64(len(line)) > l.most {
			return "", errTooLarge
		}
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

// peek is the next byte, or 0 where there is none.
func (l *lineReader) peek() byte {
	for l.again == "" && l.block == "" && l.err == nil {
		l.block = string(l.fill())
	}
	if part := cmp.Or(l.again, l.block); part != "" {
		return part[0]
	}
	return 0
}

// skip passes over the byte that was peeked at.
func (l *lineReader) skip() {
	if l.again != "" {
		l.again = l.again[1:]
	} else {
		l.block = l.block[1:]
	}
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
