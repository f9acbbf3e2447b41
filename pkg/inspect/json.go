package inspect

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonProblem returns why a text is not one JSON value, and the offset of the mistake; or "".
func jsonProblem(text []byte) (problem string, offset int) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	for depth := 0; ; {
		token, err := d.ReadToken()
		if err != nil {
			return syntaxProblem(text, err)
		}
		switch token.Kind() {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	rest := text[d.InputOffset():]
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return "a second value begins here", len(text) - len(bytes.TrimLeft(rest, " \t\r\n"))
	}
	return "", 0
}

func syntaxProblem(text []byte, err error) (problem string, offset int) {
	var s *jsontext.SyntacticError
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return "empty", len(text)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "truncated", len(text)
	case errors.As(err, &s):
		return s.Err.Error(), int(s.ByteOffset)
	}
	return strings.TrimPrefix(err.Error(), "jsontext: "), 0
}

// position returns the line and the column of an offset, from 1, the column in characters.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

// mostIndented is the deepest indentation: without a limit, the size of an indented text would grow
// with the square of its depth.
const mostIndented = 32

// pretty indents JSON, and stops after limit bytes. Names keep their order, and numbers their digits.
func pretty(text []byte, limit int) (out []byte, isWhole bool) {
	depth := 0
	newLine := func() {
		out = append(out, '\n')
		for range min(depth, mostIndented) {
			out = append(out, "  "...)
		}
	}
	for i := 0; i < len(text) && len(out) < limit; {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
		case '"':
			end := skipString(text, i)
			out = append(out, text[i:end]...)
			i = end
			continue
		case '{', '[':
			out = append(out, c)
			if next := skipSpace(text, i+1); next < len(text) && text[next] == c+2 { // {} or []
				out, i = append(out, c+2), next
				break
			}
			depth++
			newLine()
		case '}', ']':
			depth--
			newLine()
			out = append(out, c)
		case ',':
			out = append(out, c)
			newLine()
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
		i++
	}
	if len(out) >= limit {
		return bytes.ToValidUTF8(out[:limit], nil), false
	}
	return out, true
}
