package payload

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxBody is the largest size of an event, in bytes.
const MaxBody = 10 << 20

const space = " \t\r\n" // as JSON has it

var (
	ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxBody>>20)
	ErrEmpty    = errors.New("empty; an event is a JSON object")
)

// SyntaxError is the place where a text is not one JSON object.
type SyntaxError struct {
	Line, Column int // from 1, the column in bytes
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not a JSON object: %s (line %d, column %d)", e.Reason, e.Line, e.Column)
}

// Raw checks JSON that is sent as it is: one JSON object, of which only a final newline
// is removed. Duplicate names are allowed here; Validate finds them.
func Raw(text []byte) ([]byte, error) {
	if len(bytes.Trim(text, space)) == 0 {
		return nil, ErrEmpty
	}
	body := bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	value, err := dec.ReadValue()
	switch {
	case err != nil:
		return nil, syntaxError(body, err)
	case value.Kind() != '{':
		return nil, at(body, int(dec.InputOffset())-len(value), "an event must be an object")
	}
	if end := int(dec.InputOffset()); len(bytes.Trim(body[end:], space)) > 0 {
		next := len(body) - len(bytes.TrimLeft(body[end:], space))
		return nil, at(body, next, "a second value begins here; only one event can be sent")
	}
	return body, nil
}

// Compact is Raw without the white space between tokens.
func Compact(text []byte) ([]byte, error) {
	body, err := Raw(text)
	if err != nil {
		return nil, err
	}
	compact := jsontext.Value(bytes.Clone(body))
	if err := compact.Compact(jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, syntaxError(body, err)
	}
	return compact, nil
}

func syntaxError(body []byte, err error) error {
	s := (*jsontext.SyntacticError)(nil)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return at(body, len(body), "truncated")
	case errors.As(err, &s):
		return at(body, int(s.ByteOffset), s.Err.Error())
	}
	return err
}

func at(body []byte, offset int, reason string) error {
	before := body[:min(offset, len(body))]
	return &SyntaxError{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: len(before) - bytes.LastIndexByte(before, '\n'),
		Reason: reason,
	}
}
