// Package jsonscan reads JSON that is known to be valid, once and without copying it. A decoder would
// check it a second time, which takes longer than everything else. Of other text it reads something,
// and ends.
package jsonscan

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Scanner reads the tokens of a text.
type Scanner struct {
	Text string
	At   int // offset of the next byte
}

// Object returns a scanner inside an object, at the end for any other value.
func Object(value string) Scanner {
	in := Scanner{Text: value}
	if in.Peek() != '{' {
		return Scanner{}
	}
	in.At++
	return in
}

// Peek skips white space and returns the first byte of the next token, 0 at the end.
func (s *Scanner) Peek() byte {
	for s.At < len(s.Text) {
		switch c := s.Text[s.At]; c {
		case ' ', '\t', '\r', '\n':
			s.At++
		default:
			return c
		}
	}
	return 0
}

// More reports whether the object or array has another element, and skips the comma before
// it, else the end. The opening bracket must have been skipped.
func (s *Scanner) More() bool {
	c := s.Peek()
	if c == ',' {
		s.At++
		c = s.Peek()
	}
	if c == '}' || c == ']' {
		s.At++
		return false
	}
	return c != 0
}

// Name returns the name of a member and skips the colon after it.
func (s *Scanner) Name() string { return Unquote(s.QuotedName()) }

// QuotedName is Name with the quotes.
func (s *Scanner) QuotedName() string {
	name := s.Token()
	if s.At < len(s.Text) && s.Text[s.At] == ':' || s.Peek() == ':' {
		s.At++
	}
	return name
}

// Token returns a string with its quotes, a number, or a word such as null.
func (s *Scanner) Token() string {
	isText := s.Peek() == '"'
	start := s.At
	if !isText {
		for s.At < len(s.Text) && !isDelimiter(s.Text[s.At]) {
			s.At++
		}
		if s.At == start {
			s.At++ // invalid JSON
		}
		return s.Text[start:min(s.At, len(s.Text))]
	}
	s.At = endOfText(s.Text, start)
	return s.Text[start:s.At]
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

// Skip skips a value and returns its JSON.
func (s *Scanner) Skip() string {
	c := s.Peek()
	start := s.At
	if c != '{' && c != '[' {
		return s.Token()
	}
	for depth := 0; s.At < len(s.Text); {
		switch s.Text[s.At] {
		case '"':
			s.Token()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if s.At++; depth == 0 {
			return s.Text[start:s.At]
		}
	}
	return s.Text[start:]
}

// Unquote returns the text of a JSON string, other JSON as it is.
func Unquote(token string) string {
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
