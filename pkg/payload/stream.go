package payload

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Located is one JSON value of a stream, or the invalid text in its place, and where it begins: the
// line, and the column in bytes, from 1.
type Located struct {
	Line, Column int
	Text         string
}

// Stream reads events in sequence: one event, one event per line (JSON Lines), events over
// several lines, or one array of events. It holds one event at a time.
//
// It does not validate: a line that is not JSON is returned as it is, and so are the lines of an object
// that is not, as far as their indentation tells which these are; reading continues after them.
type Stream struct {
	most    int64 // largest size of an event, in bytes
	lines   *lineReader
	line    int          // of the next byte of lines
	column  int          // of the same
	decoder *valueReader // nil while there is one value per line
	array   bool         // an invalid value was in an array: commas and its end may follow
}

var errNoEnd = errors.New("the event does not end within its limit")

// NewStream returns a stream that reads from r events of at most most bytes.
func NewStream(r io.Reader, most int64) *Stream {
	return &Stream{most: most, lines: &lineReader{r: r, most: most}, line: 1, column: 1}
}

// Next returns the next value, io.EOF at the end, or the error of the reader.
func (s *Stream) Next() (Located, error) {
	found, err := s.next()
	if errors.Is(err, errNoEnd) {
		err = fmt.Errorf("line %d: the event is larger than %d MiB", found.Line, s.most>>20)
	}
	return found, err
}

// Ahead returns what has been read of the input after the last value, for a look at what follows an
// invalid one.
func (s *Stream) Ahead() string { return s.lines.again + s.lines.block }

func (s *Stream) next() (Located, error) {
	for s.decoder == nil {
		if s.beginsArray() { // which may go over several lines
			s.decoder = newValueReader(s.lines, s.line, s.column, s.array, s.most)
			break
		}
		line, column := s.line, s.column
		text, err := s.readLine()
		if text == "" && err != nil {
			return Located{Line: line}, err
		}
		switch trimmed := strings.TrimSpace(text); {
		case trimmed == "", s.array && (trimmed == "]" || trimmed == ","):
		case isOneValue(trimmed):
			return Located{line, column + strings.Index(text, trimmed), trimmed}, nil
		default:
			s.lines.unread(text)
			s.decoder = newValueReader(s.lines, line, column, s.array, s.most)
		}
	}
	found, broken, err := s.decoder.next()
	if broken {
		return s.resume(found)
	}
	return found, err
}

// beginsArray skips white space and reports whether an array follows.
func (s *Stream) beginsArray() bool {
	for {
		switch s.lines.peek() {
		case '\n':
			s.line, s.column = s.line+1, 0
		case ' ', '\t', '\r':
		case '[':
			return true
		default:
			return false
		}
		s.lines.skip()
		s.column++
	}
}

// resume continues after an invalid value: with the value after a valid comma, else with
// the rest of the line on which it begins, or the lines of an object.
func (s *Stream) resume(found Located) (Located, error) {
	v := s.decoder
	s.lines.unread(v.unread())
	s.line, s.column, s.decoder = found.Line, found.Column, nil
	switch {
	case v.atComma():
		return s.next()
	case v.commas && !v.isOpen() && s.lines.peek() == ']': // the end of the array of an invalid value
		s.lines.skip()
		s.column++
		return s.next()
	}
	s.array = s.array || v.isOpen()
	text, err := s.readLine()
	switch {
	case text == "" && err == io.EOF && v.isOpen():
		text = "[" // which has no end
	case text == "":
		return found, err
	case text[0] == '{' && !isOneValue(strings.TrimRight(text, " \t\r\n,")):
		if text, err = s.invalidObject(text); err != nil {
			return Located{Line: s.line}, err
		}
	}
	found.Text = strings.TrimSpace(text)
	found.Column += strings.Index(text, found.Text)
	return found, nil
}

// invalidObject returns an object that does not end on its first line with its further ones. Its end
// cannot be told by its syntax, but by the brace or the next object that is not as deep as its members
// are. More than the largest event is skipped.
func (s *Stream) invalidObject(first string) (string, error) {
	text, members := []byte(first), math.MaxInt // the indentation of the members
	for {
		line, err := s.lines.next()
		if line == "" {
			if !errors.Is(err, errNoEnd) {
				err = nil // another one comes again
			}
			return string(text), err
		}
		begin := strings.TrimLeft(line, " \t")
		indentation := len(line) - len(begin)
		isBracket := strings.IndexAny(begin, "{}[]") == 0
		switch isOutside := indentation < members || indentation == 0; {
		case isBracket && isOutside && begin[0] == '}':
			s.lines.unread(begin[1:])
			s.column = indentation + 2
			return string(append(text, line[:indentation+1]...)), nil
		case isBracket && isOutside:
			s.lines.unread(line)
			return string(text), nil
		case !isBracket && (strings.HasPrefix(begin, `"`) || strings.Contains(begin, ":")):
			members = min(members, indentation)
		}
		s.line, s.column = s.line+1, 1
		if int64(len(text)) < s.most {
			text = append(text, line...)
		}
	}
}

func (s *Stream) readLine() (string, error) {
	text, err := s.lines.next()
	if err == nil {
		s.line, s.column = s.line+1, 1
	}
	return text, err
}

// isOneValue reports whether a line has exactly one object from its beginning to its end.
// It does not check the syntax.
func isOneValue(line string) bool {
	if line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	if begun := strings.Count(line, "{"); begun == strings.Count(line, "}") && begun == len(line)-len(strings.TrimRight(line, "}")) {
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
