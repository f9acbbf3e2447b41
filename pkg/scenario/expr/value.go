package expr

import (
	"github.com/go-json-experiment/json/jsontext"
)

// Value is a JSON value, parts of which may be the results of expressions.
type Value struct {
	JSON string // the JSON, when no part of it depends on an expression; else ""
	Text string // a string with an expression; else ""
	// Parts are the items of a list or, when there are Names, the members of an object.
	Parts []Value
	Names []string
}

// Null is the JSON null.
func Null() Value { return Value{JSON: "null"} }

// String is a text as a value.
func String(text string) Value {
	if Is(text) {
		return Value{Text: text}
	}
	return Value{JSON: JSONString(text)}
}

// List is a list of values.
func List(items []Value) Value { return Value{Parts: items}.fold() }

// Object is an object with members of these names.
func Object(names []string, members []Value) Value {
	return Value{Names: names, Parts: members}.fold()
}

// settle makes the JSON of a value no part of which is an expression.
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

// open adds what comes before part i, and close what comes after the last one.
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

// IsConstant reports whether no part of the value depends on an expression.
func (v Value) IsConstant() bool { return v.JSON != "" }

// Constant is the value without what depends on expressions: of an object the settled
// members, of a list with expressions nothing.
func (v Value) Constant() (Value, bool) {
	if v.IsConstant() || v.Names == nil {
		return v, v.IsConstant()
	}
	names, members := []string{}, []Value{}
	for i, part := range v.Parts {
		if part, ok := part.Constant(); ok {
			names, members = append(names, v.Names[i]), append(members, part)
		}
	}
	return Object(names, members), true
}

// JSONString is a text as a JSON string. What is not UTF-8 is replaced.
func JSONString(text string) string {
	quoted, _ := jsontext.AppendQuote(nil, text)
	return string(quoted)
}
