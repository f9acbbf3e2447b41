// Package payload makes the bytes of one event: from flags, from a template or from
// the user's own JSON, and then with overrides laid over them.
//
// What it writes is compact, in documented order, with every digit and character as
// it was typed; the user's own JSON is left as it is. Everything documented comes
// from the catalog of package apizee. A template may be anybody's, so what it can do is
// bounded in time and memory; see [Bound].
//
// The package must not know where an event goes, nor anything of terminals or
// configuration. Clock, random source and counter are handed in.
package payload

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Prop is one prop as typed on a command line. A dot in Path nests.
type Prop struct {
	Path string // "geoloc.lat"
	Text string // "47.8"
}

// Spec is an event described by flags.
type Spec struct {
	Object string // "ticket"
	Event  string // "" means update
	ID     string // as typed; "" means the documented example
	Props  []Prop // laid over the documented example; of the same path the last counts
	// Undocumented takes words and types that the contract does not know.
	Undocumented bool
}

// Build makes the event of a Spec at a time in UNIX seconds: compact, in documented
// order, numbers with the digits typed. Each object starts from its documented
// example; a delete event has only the props given. The report is what the contract says to
// it. An error about a field, or about what the contract does not know, is a *FieldError.
func Build(c *apizee.Catalog, s Spec, unix int64) ([]byte, apizee.Report, error) {
	object, _ := c.LookupObject(s.Object)
	id, err := s.encodeID(object)
	if err != nil {
		return nil, apizee.Report{}, err
	}
	props, err := s.encodeProps(object)
	if err != nil {
		return nil, apizee.Report{}, err
	}
	body, err := Compose(c, Fields{
		Event: s.event(), Object: s.Object,
		Time: strconv.AppendInt(nil, unix, 10), ID: json.RawMessage(id), Props: json.RawMessage(props),
	})
	if err != nil {
		return nil, apizee.Report{}, err
	}
	report := c.Validate(body)
	if s.Undocumented {
		return body, report, nil
	}
	if err := refuse(report.Findings); err != nil {
		return nil, report, err
	}
	return body, report, nil
}

func (s Spec) event() string { return cmp.Or(s.Event, apizee.Update) }

// encodeProps lays the given props over those of the documented example.
func (s Spec) encodeProps(object apizee.Object) (jsontext.Value, error) {
	var props []member
	if s.event() != apizee.Delete {
		for _, p := range object.Props {
			if p.Default {
				props = append(props, member{p.Path, jsontext.Value(p.Example)})
			}
		}
	}
	for _, p := range s.Props {
		value, err := s.encodeProp(object, p)
		if err != nil {
			return nil, err
		}
		props = put(props, member{p.Path, value})
	}
	return nest(props, "")
}

func put(members []member, m member) []member {
	for i := range members {
		if members[i].name == m.name {
			members[i] = m
			return members
		}
	}
	return append(members, m)
}

// nest makes an object of members whose names are paths below prefix.
func nest(props []member, prefix string) (jsontext.Value, error) {
	var members []member
	groups := map[string][]member{}
	for _, p := range props {
		name, rest, nested := strings.Cut(p.name, ".")
		if name == "" || nested && rest == "" {
			return nil, &FieldError{Path: inProps + prefix + p.name, Reason: "a part of the prop's name is empty"}
		}
		_, isGroup := groups[name]
		switch known := contains(members, name); {
		case known && !(nested && isGroup):
			return nil, &FieldError{Path: inProps + prefix + p.name, Reason: prefix + name + " cannot be a value and a group of props at once"}
		case !known:
			members = append(members, member{name, p.value})
		}
		if nested {
			groups[name] = append(groups[name], member{rest, p.value})
		}
	}
	for i, m := range members {
		if group, ok := groups[m.name]; ok {
			value, err := nest(group, prefix+m.name+".")
			if err != nil {
				return nil, err
			}
			members[i].value = value
		}
	}
	return appendMembers(nil, members)
}

func contains(members []member, name string) bool {
	for _, m := range members {
		if m.name == name {
			return true
		}
	}
	return false
}

// encodeID writes an id as typed: an integer where the object allows one and the text
// is a number, else a string where it allows that.
func (s Spec) encodeID(object apizee.Object) (jsontext.Value, error) {
	if s.ID == "" && object.ID.Example != "" {
		return jsontext.Value(object.ID.Example), nil
	}
	if s.ID == "" && s.Undocumented {
		return nil, &FieldError{Path: idPath, Reason: "no id is documented for " + s.Object + "; give one"}
	}
	types := object.ID.Types
	if number, ok := numberOf(s.ID); ok && (len(types) == 0 || slices.Contains(types, apizee.Integer)) {
		return number, nil
	}
	if len(types) > 0 && !slices.Contains(types, apizee.Text) && !s.Undocumented {
		return nil, &FieldError{idPath, `"` + s.ID + `" is not an integer such as ` + object.ID.Example, true}
	}
	return textValue(idPath, s.ID)
}

// encodeProp writes the value of a prop as its documented type, with the digits
// typed. What does not fit the type is a string when the contract may be left.
func (s Spec) encodeProp(object apizee.Object, p Prop) (jsontext.Value, error) {
	path := inProps + p.Path
	prop, documented := object.Prop(p.Path)
	if !documented {
		if strings.Count(p.Path, ".") >= maxDepth {
			return nil, &FieldError{Path: inProps + p.Path[:40] + "…", Reason: "it is nested too deep"}
		}
		value, err := jsonOrText(p.Text)
		if err != nil {
			return nil, &FieldError{Path: path, Reason: err.Error()}
		}
		return value, nil
	}
	switch prop.Type {
	case apizee.Integer, apizee.Number:
		if number, ok := numberOf(p.Text); ok {
			return number, nil
		}
		if !s.Undocumented {
			return nil, &FieldError{path, `"` + p.Text + `" is not ` + kindOf(prop.Type) + " such as " + prop.Example, true}
		}
	case apizee.DateTime:
		if utc, isUTC := strings.CutSuffix(p.Text, "Z"); isUTC && !s.Undocumented {
			return textValue(path, utc+"+00:00")
		}
	}
	return textValue(path, p.Text)
}

func kindOf(t apizee.Type) string {
	if t == apizee.Integer {
		return "an integer"
	}
	return "a number"
}

// numberOf is the text as a JSON number.
func numberOf(text string) (jsontext.Value, bool) {
	v, err := compacted([]byte(text))
	return v, err == nil && v.Kind() == '0'
}

// jsonOrText is the text as the JSON it is, else as a string. What is written as JSON with
// a mistake in it is an error, not a string.
func jsonOrText(text string) (jsontext.Value, error) {
	v, wrong := compacted([]byte(text))
	if wrong == nil {
		return v, nil
	}
	v, err := quoted(text)
	if err != nil {
		return nil, errNotUTF8
	}
	if enclosed := strings.Trim(text, space); len(enclosed) > 1 {
		switch enclosed[:1] + enclosed[len(enclosed)-1:] {
		case "{}", "[]", `""`:
			syntax := (*SyntaxError)(nil)
			if errors.As(syntaxError([]byte(text), wrong), &syntax) {
				return nil, fmt.Errorf("the value looks like JSON and is not: %s; a text like this is written as a JSON string, in quotes", syntax.Reason)
			}
		}
	}
	return v, nil
}

// textValue is the text as a string.
func textValue(path, text string) (jsontext.Value, error) {
	v, err := quoted(text)
	if err != nil {
		return nil, &FieldError{Path: path, Reason: errNotUTF8.Error()}
	}
	return v, nil
}

// FieldError says that a field of a Spec has no use.
type FieldError struct {
	Path   string // the field's in the event: "objectId", "props.state"
	Reason string // what is wrong, and what was meant by it
	// Undocumented says that nothing but the contract is against it.
	Undocumented bool
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Reason }

const (
	idPath  = "objectId"
	inProps = "props."
)

// refuse makes an error of the first finding, but for one about the time, which is not
// the Spec's.
func refuse(findings []apizee.Finding) error {
	for _, f := range findings {
		if f.Path != "time" {
			return &FieldError{Path: f.Path, Reason: f.Advice(), Undocumented: true}
		}
	}
	return nil
}
