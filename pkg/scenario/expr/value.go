package expr

import (
	"github.com/go-json-experiment/json/jsontext"
)

// Value is a JSON value that may contain expressions.
type Value struct {
	JSON string // the JSON of a value without expressions; else ""
	Text string // a string with expressions; else ""
	// Parts are the items of an array or, with Names, the members of an object.
	Parts []Value
	Names []string
}

// Null returns the JSON null.
func Null() Value { return Value{JSON: "null"} }

// String returns a text as a value.
func String(text string) Value {
	if Is(text) {
		return Value{Text: text}
	}
	return Value{JSON: JSONString(text)}
}

// List returns an array of values.
func List(items []Value) Value { return Value{Parts: items}.fold() }

// Object returns an object with members of these names.
func Object(names []string, members []Value) Value {
	return Value{Names: names, Parts: members}.fold()
}

// fold sets the JSON of a value without expressions.
func (v Value) fold() Value {
	for _, part := range v.Parts {
		if !part.IsConstant() {
			return v
		}
	}
	if len(v.Parts) == 0 && v.Names != nil {
		return Value{JSON: "{}"}
	}
	if len(v.Parts) == 0 {
		return Value{JSON: "[]"}
	}
	var json []byte
	for i, part := range v.Parts {
		json = append(v.open(json, i), part.JSON...)
	}
	return Value{JSON: string(v.close(json))}
}

// open appends what precedes part i, and close what follows the last one.
func (v Value) open(dst []byte, i int) []byte {
	switch {
	case i > 0:
		dst = append(dst, ',')
	case v.Names != nil:
		dst = append(dst, '{')
	default:
		dst = append(dst, '[')
	}
	if v.Names != nil {
		dst = append(append(dst, JSONString(v.Names[i])...), ':')
	}
	return dst
}

func (v Value) close(dst []byte) []byte {
	if v.Names != nil {
		return append(dst, '}')
	}
	return append(dst, ']')
}

// IsConstant reports whether the value contains no expressions.
func (v Value) IsConstant() bool { return v.JSON != "" }

// Known returns the part of a value that is known: of an object its known members, of an array
// with an unknown item nothing. The function returns the JSON of a string with expressions, if
// that is known.
func (v Value) Known(eval func(text string) (json string, known bool)) (Value, bool) {
	switch {
	case v.IsConstant():
		return v, true
	case v.Text != "":
		if json, known := eval(v.Text); known {
			return Value{JSON: json}, true
		}
		return Value{}, false
	}
	names, parts := []string{}, []Value{}
	for i, part := range v.Parts {
		part, known := part.Known(eval)
		switch {
		case known && v.Names != nil:
			names, parts = append(names, v.Names[i]), append(parts, part)
		case known:
			parts = append(parts, part)
		case v.Names == nil:
			return Value{}, false
		}
	}
	if v.Names == nil {
		return List(parts), true
	}
	return Object(names, parts), true
}

// JSONString returns a text as a JSON string. Invalid UTF-8 is replaced.
func JSONString(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, text)
	return string(quoted)
}
