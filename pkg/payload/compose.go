package payload

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Fields are the five members of an event. Time, ID and Props are JSON.
type Fields struct {
	Event, Object string
	Time          json.RawMessage
	ID            json.RawMessage // nil means the example, if there is one
	Props         json.RawMessage // nil means {}
}

// Compose returns an event of the fields, compact and in documented order, also of the
// props; other props follow in the order given. It does not validate them.
func Compose(c *apizee.Catalog, f Fields) ([]byte, error) {
	if f.ID == nil {
		object, _ := c.LookupObject(f.Object)
		f.ID = json.RawMessage(object.ID.Example)
	}
	if f.Props == nil {
		f.Props = json.RawMessage("{}")
	}
	event, err := quoted(f.Event)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	object, err := quoted(f.Object)
	if err != nil {
		return nil, fmt.Errorf("object: %w", err)
	}
	members := []member{
		{"event", event},
		{"time", jsontext.Value(f.Time)},
		{"object", object},
		{"objectId", jsontext.Value(f.ID)},
		{"props", jsontext.Value(f.Props)},
	}
	for i, m := range members {
		value, err := compacted(m.value)
		if err != nil {
			return nil, fmt.Errorf("%s: not JSON: %w", m.name, err)
		}
		members[i].value = value
	}
	return arrangeFields(c, members)
}

// arrange returns an event in compact form and documented order, also of the props.
// Undocumented members follow in the order given.
func arrange(c *apizee.Catalog, body []byte) ([]byte, error) {
	compact, err := compacted(body)
	if err != nil {
		return nil, err
	}
	fields, err := readMembers(compact)
	if err != nil {
		return nil, err
	}
	return arrangeFields(c, fields)
}

func arrangeFields(c *apizee.Catalog, fields []member) ([]byte, error) {
	sortMembers(fields, apizee.FieldNames(), "")
	at := slices.IndexFunc(fields, func(m member) bool { return m.name == "props" })
	object, documented := c.LookupObject(objectName(fields))
	if at >= 0 && documented {
		props, err := arrangeProps(fields[at].value, object.PropPaths(), "")
		if err != nil {
			return nil, err
		}
		fields[at].value = props
	}
	return encodeMembers(fields)
}

// arrangeProps sorts props, or a group of props; prefix is its name with a dot.
func arrangeProps(value jsontext.Value, paths []string, prefix string) (jsontext.Value, error) {
	if value.Kind() != '{' {
		return value, nil
	}
	members, err := readMembers(value)
	if err != nil {
		return nil, err
	}
	sortMembers(members, paths, prefix)
	for i, m := range members {
		if !isGroup(paths, prefix+m.name) {
			continue
		}
		if members[i].value, err = arrangeProps(m.value, paths, prefix+m.name+"."); err != nil {
			return nil, err
		}
	}
	return encodeMembers(members)
}

func sortMembers(members []member, paths []string, prefix string) {
	slices.SortStableFunc(members, func(a, b member) int {
		return cmp.Compare(place(paths, prefix+a.name), place(paths, prefix+b.name))
	})
}

// place is the index of a name among the documented paths, or of the first prop in a
// group. An undocumented name comes last.
func place(paths []string, name string) int {
	at := slices.IndexFunc(paths, func(p string) bool {
		return p == name || strings.HasPrefix(p, name+".")
	})
	if at < 0 {
		return len(paths)
	}
	return at
}

// isGroup reports whether documented props nest under a name.
func isGroup(paths []string, name string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, name+".") })
}

// objectName is the value of the object field, or "" if it is not a string.
func objectName(fields []member) string {
	for _, f := range fields {
		if f.name == "object" && f.value.Kind() == '"' {
			name, _ := jsontext.AppendUnquote(nil, f.value)
			return string(name)
		}
	}
	return ""
}

// Dotted replaces the documented groups of props by dotted keys, such as "geoloc.lat". An
// event without such a group stays as it is. A body that is not a JSON object is a *SyntaxError.
func Dotted(c *apizee.Catalog, body []byte) ([]byte, error) {
	fields, err := readMembers(body)
	if err != nil {
		return nil, syntaxError(body, err)
	}
	object, documented := c.LookupObject(objectName(fields))
	if !documented {
		return body, nil
	}
	changed := false
	for i, f := range fields {
		if f.name != "props" || f.value.Kind() != '{' {
			continue
		}
		flat, found, err := flatten(f, object.PropPaths())
		if err != nil {
			return nil, fmt.Errorf("write dotted keys: %w", err)
		}
		fields[i], changed = flat, found
	}
	if !changed {
		return body, nil
	}
	return encodeMembers(fields)
}

// flatten moves the members of the documented groups of props into props.
func flatten(props member, paths []string) (flat member, found bool, err error) {
	members, err := readMembers(props.value)
	if err != nil {
		return member{}, false, err
	}
	var out []member
	for _, m := range members {
		if m.value.Kind() != '{' || !isGroup(paths, m.name) {
			out = append(out, m)
			continue
		}
		found = true
		inner, err := readMembers(m.value)
		if err != nil {
			return member{}, false, err
		}
		for _, in := range inner {
			out = append(out, member{m.name + "." + in.name, in.value})
		}
	}
	seen := map[string]bool{}
	for _, m := range out {
		if seen[m.name] {
			return member{}, false, fmt.Errorf("%s is given nested and dotted", m.name)
		}
		seen[m.name] = true
	}
	value, err := encodeMembers(out)
	return member{props.name, value}, found, err
}

// member is one member of a JSON object, with its value as JSON.
type member struct {
	name  string
	value jsontext.Value
}

// readMembers reads one JSON object. Duplicate names are an error.
func readMembers(object []byte) ([]member, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object))
	if kind := dec.PeekKind(); kind != '{' && kind != 0 { // 0 is invalid
		return nil, at(object, 0, "an event must be an object")
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

// encodeMembers returns a compact JSON object.
func encodeMembers(members []member) (object []byte, err error) {
	object = append(object, '{')
	for i, m := range members {
		if i > 0 {
			object = append(object, ',')
		}
		if object, err = jsontext.AppendQuote(object, m.name); err != nil {
			return nil, err
		}
		object = append(append(object, ':'), m.value...)
	}
	return append(object, '}'), nil
}

// quoted returns a text as a JSON string. Bytes that are not UTF-8 are an error.
func quoted(text string) (jsontext.Value, error) {
	v, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return nil, errNotUTF8
	}
	return v, nil
}

// compacted returns a JSON value without white space. Text that is not UTF-8 and duplicate
// names are errors. Digits and strings stay as they are.
func compacted(value []byte) (jsontext.Value, error) {
	v := jsontext.Value(value).Clone()
	return v, v.Compact(jsontext.AllowInvalidUTF8(false), jsontext.AllowDuplicateNames(false))
}
