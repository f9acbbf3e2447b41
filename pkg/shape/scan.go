package shape

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// scanner reads JSON that is known to be valid, once and without copying it. A decoder would
// check it a second time, which takes longer than everything else here. Of other text it reads
// something, and ends.
type scanner struct {
	text string
	at   int // offset of the next byte
}

// peek skips white space and returns the first byte of the next token, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// more reports whether the object or array has another element, and skips the comma before
// it, else the end. The opening bracket must have been skipped.
func (s *scanner) more() bool {
	c := s.peek()
	if c == ',' {
		s.at++
		c = s.peek()
	}
	if c == '}' || c == ']' {
		s.at++
		return false
	}
	return c != 0
}

// name returns the name of a member and skips the colon after it.
func (s *scanner) name() string {
	name := unquote(s.token())
	if s.at < len(s.text) && s.text[s.at] == ':' || s.peek() == ':' {
		s.at++
	}
	return name
}

// token returns a string with its quotes, a number, or a word such as null.
func (s *scanner) token() string {
	isText := s.peek() == '"'
	start := s.at
	if !isText {
		for s.at < len(s.text) && !isDelimiter(s.text[s.at]) {
			s.at++
		}
		if s.at == start {
			s.at++ // invalid JSON
		}
		return s.text[start:min(s.at, len(s.text))]
	}
	s.at = endOfText(s.text, start)
	return s.text[start:s.at]
}

// endOfText returns the index after the string that begins at start. Most strings are too short for a
// library function to be faster.
func endOfText(text string, start int) int {
	const short = 32
	for at := start + 1; at < len(text); at++ {
		switch text[at] {
		case '"':
			return at + 1
		case '\\':
			at++
		}
		if at-start == short {
			return endOfLongText(text, at+1)
		}
	}
	return len(text)
}

// endOfLongText is endOfText from the inside of a string.
func endOfLongText(text string, at int) int {
	for at < len(text) {
		end := strings.IndexByte(text[at:], '"')
		if end < 0 {
			break
		}
		escape := strings.IndexByte(text[at:at+end], '\\')
		if escape < 0 {
			return at + end + 1
		}
		at += escape + 2
	}
	return len(text)
}

func isDelimiter(c byte) bool {
	switch c {
	case ',', '}', ']', ':', '{', '[', '"', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}

// skip skips a value and returns its JSON.
func (s *scanner) skip() string {
	c := s.peek()
	start := s.at
	if c != '{' && c != '[' {
		return s.token()
	}
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			s.token()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if s.at++; depth == 0 {
			return s.text[start:s.at]
		}
	}
	return s.text[start:]
}

// isShallow reports whether no object or array of a value is deeper than maxDepth.
func isShallow(value string) bool {
	in := scanner{text: value}
	for depth := 0; depth <= maxDepth; {
		switch in.peek() {
		case 0:
			return true
		case '{', '[':
			depth++
			in.at++
		case '}', ']':
			depth--
			in.at++
		case ',', ':':
			in.at++
		default:
			in.token()
		}
	}
	return false
}

// unquote returns the text of a JSON string, other JSON as it is.
func unquote(token string) string {
	if len(token) < 2 || token[0] != '"' {
		return token
	}
	inside := token[1 : len(token)-1]
	if !hasEscape(inside) {
		return inside
	}
	text, err := jsontext.AppendUnquote(nil, token)
	if err != nil {
		return token
	}
	return string(text)
}

func hasEscape(text string) bool {
	for i := range len(text) {
		if text[i] == '\\' {
			return true
		}
	}
	return false
}

// typeOf returns the type of a value that begins with a byte; Number may be Integer.
func typeOf(first byte) Type {
	switch first {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return Text
	case 't', 'f':
		return Boolean
	case 'n':
		return Null
	}
	return Number
}

// isWhole reports whether a number has no fraction.
func isWhole(number string) bool {
	for i := range len(number) {
		if c := number[i]; c == '.' || c|0x20 == 'e' {
			return apizee.IsWhole(number)
		}
	}
	return true
}
