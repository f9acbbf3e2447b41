package apizee

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var errSecondValue = errors.New("more than one JSON value; a request carries one event")

// syntax adds a finding about the error that ended the reading.
func (v *validator) syntax(err error) {
	if errors.Is(err, errSecondValue) {
		v.add(Error, "", len(v.text), err.Error())
		return
	}
	path, offset, reason := "", len(v.text), err
	if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
		path, offset, reason = pointerPath(s.JSONPointer), int(s.ByteOffset), s.Err
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		v.add(Error, path, offset, "duplicate key; which of the values is used depends on the parser")
	case errors.Is(err, io.ErrUnexpectedEOF):
		v.add(Error, "", offset, "not JSON: truncated")
	default:
		line, column := position(v.text, offset)
		if line == 1 {
			column += v.column - 1
		}
		v.add(Error, path, offset, fmt.Sprintf("not JSON: %v (line %d, column %d)", reason, v.line-1+line, column))
	}
}

func pointerPath(p jsontext.Pointer) string {
	return strings.Join(slices.Collect(p.Tokens()), ".")
}

// position is the line and the column, in bytes, of an offset; both count
// from 1.
func position(text string, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	return 1 + strings.Count(before, "\n"), offset - strings.LastIndexByte(before, '\n')
}
