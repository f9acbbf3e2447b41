package payload

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// member is one member of a JSON object, with its value as JSON.
type member struct {
	name  string
	value jsontext.Value
}

var errNotObject = errors.New("not a JSON object")

// readMembers reads one JSON object whose names are all different.
func readMembers(object []byte) ([]member, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object))
	if dec.PeekKind() != '{' {
		return nil, errNotObject
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var members []member
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		members = append(members, member{text, value.Clone()})
	}
	_, err := dec.ReadToken()
	return members, err
}

// appendMembers writes a JSON object, without spaces around what is in it.
func appendMembers(dst []byte, members []member) ([]byte, error) {
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, m.name); err != nil {
			return nil, err
		}
		dst = append(dst, ':')
		dst = append(dst, m.value...)
	}
	return append(dst, '}'), nil
}

// quoted is a text as a JSON string. Bytes that are not UTF-8 are an error.
func quoted(text string) (jsontext.Value, error) {
	return jsontext.AppendQuote(nil, text)
}

// compacted is a JSON value without spaces, in UTF-8 and with names that are all
// different. Its digits and strings stay as they are.
func compacted(value []byte) (jsontext.Value, error) {
	v := jsontext.Value(value).Clone()
	return v, v.Compact(jsontext.AllowInvalidUTF8(false), jsontext.AllowDuplicateNames(false))
}
