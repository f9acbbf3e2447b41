package apizee

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Report is what Validate read of a body and what it found in it.
type Report struct {
	Event    Event
	Findings []Finding
}

// OK tells whether the body keeps the contract; notices are allowed.
func (r Report) OK() bool { return !HasError(r.Findings) }

// Validate holds a body against the contract. Any bytes will do: what is not
// understood is a finding. A syntax error ends the reading, so it is the last
// thing found; everything else is found at once.
func Validate(body []byte) Report {
	v := validator{body: body}
	if err := v.readBody(); err != nil {
		v.syntax(err)
		return v.report
	}
	return v.report
}

// member is one member of a JSON object: its name, its value as JSON, and
// where the value begins in the body.
type member struct {
	name   string
	raw    []byte
	offset int
}

type validator struct {
	body   []byte
	report Report
	object *Object // the documented object, once it is known
}

var errNotObject = errors.New("not an object")

func (v *validator) readBody() error {
	if len(bytes.TrimSpace(v.body)) == 0 {
		v.add(Error, "", 0, "the body is empty; a JSON event is documented")
		return nil
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(v.body))
	var fields []member
	err := eachMember(dec, v.body, func(m member) { fields = append(fields, m) })
	if errors.Is(err, errNotObject) {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		v.add(Error, "", 0, describe(value)+", but an event is a JSON object")
		return onlyValue(dec)
	}
	if err == nil {
		err = onlyValue(dec)
	}
	v.checkFields(fields, err == nil)
	return err
}

// eachMember reads one JSON object from dec, which reads body, and hands on
// its members in order. It returns errNotObject, with nothing read, when the
// next value is something else.
func eachMember(dec *jsontext.Decoder, body []byte, yield func(member)) error {
	if dec.PeekKind() != '{' {
		if dec.PeekKind() == jsontext.KindInvalid {
			_, err := dec.ReadToken()
			return err
		}
		return errNotObject
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			return err
		}
		text := unquote(name)
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		end := int(dec.InputOffset())
		start := end - len(value)
		yield(member{text, body[start:end], start})
	}
	_, err := dec.ReadToken()
	return err
}

var errSecondValue = errors.New("more than one JSON value; a request carries one event")

func onlyValue(dec *jsontext.Decoder) error {
	switch _, err := dec.ReadToken(); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	}
	return errSecondValue
}

// syntax turns the error that ended the reading into a finding.
func (v *validator) syntax(err error) {
	if errors.Is(err, errSecondValue) {
		v.add(Error, "", len(v.body), err.Error())
		return
	}
	path, offset, reason := "", len(v.body), err
	if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
		path, offset, reason = pointerPath(s.JSONPointer), int(s.ByteOffset), s.Err
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		v.add(Error, path, offset, "the key appears twice; which of the two a receiver takes is chance")
	case errors.Is(err, io.ErrUnexpectedEOF):
		v.add(Error, "", offset, "not JSON: it ends in the middle")
	default:
		line, column := position(v.body, offset)
		v.add(Error, path, offset, fmt.Sprintf("not JSON: %v (line %d, column %d)", reason, line, column))
	}
}

func pointerPath(p jsontext.Pointer) string {
	return strings.Join(slices.Collect(p.Tokens()), ".")
}

// position is the line and the column, in bytes, of an offset; both count
// from 1.
func position(body []byte, offset int) (line, column int) {
	before := body[:min(offset, len(body))]
	return 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')
}

func (v *validator) add(s Severity, path string, offset int, message string) {
	v.report.Findings = append(v.report.Findings, Finding{Severity: s, Path: path, Message: message, Offset: offset})
}

// word adds a finding about a word that is not one of the documented ones.
func (v *validator) word(s Severity, path string, offset int, message, got string, documented []string) {
	v.report.Findings = append(v.report.Findings, Finding{
		Severity: s, Path: path, Message: message, Offset: offset,
		Documented: slices.Clone(documented), Suggestion: Nearest(got, documented),
	})
}
