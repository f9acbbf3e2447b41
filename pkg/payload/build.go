// Package payload builds the body of an event: from flags, from a template or from the
// user's JSON, with changes to it.
//
// Its output is compact, in documented order, and keeps digits and characters as typed;
// the user's JSON stays as it is. Everything documented comes from the catalog of package
// apizee. A template may be from anyone, so its work and memory are bounded; see [Bound].
//
// The package does not depend on where an event is sent, on terminals or on
// configuration. Clock, random source and counter are passed in.
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

// Prop is a prop as typed on a command line. A dot in Path nests.
type Prop struct {
	Path string // "geoloc.lat"
	Text string // "47.8"
}

// Spec is an event described by flags.
type Spec struct {
	Object string // "ticket"
	Event  string // "" means the object's default
	ID     string // as typed; "" means the example
	Props  []Prop // added to the example; of the same path, the last is used
	// Undocumented allows undocumented values and types.
	Undocumented bool
}

// Build returns the event of a Spec at a time in UNIX seconds: compact, in documented
// order, numbers with the digits typed. It is based on the example, except
// that a delete event has only the given props. The report is that of Validate. An error
// about a field is a *FieldError.
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
		Event: s.event(object), Object: s.Object,
		Time: strconv.AppendInt(nil, unix, 10), ID: json.RawMessage(id), Props: json.RawMessage(props),
	})
	if err != nil {
		return nil, apizee.Report{}, err
	}
	report := c.Validate(body)
	if s.Undocumented {
		return body, report, nil
	}
	for _, f := range report.Findings {
		if IsInvalid(f) {
			return nil, report, &FieldError{Path: f.Path, Reason: f.Advice(), Undocumented: true}
		}
	}
	return body, report, nil
}

func (s Spec) event(object apizee.Object) string { return cmp.Or(s.Event, object.DefaultEvent()) }

// encodeProps returns the props of the example, changed by the given ones.
func (s Spec) encodeProps(object apizee.Object) (jsontext.Value, error) {
	var props group
	if s.event(object) != apizee.Delete {
		given := map[string]string{}
		for _, p := range s.Props {
			given[p.Path] = p.Text
		}
		for _, p := range object.DefaultProps(given) {
			if err := props.set(p.Path, "", jsontext.Value(p.Example)); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range s.Props {
		value, err := s.encodeProp(object, p)
		if err != nil {
			return nil, err
		}
		if err := props.set(p.Path, "", value); err != nil {
			return nil, err
		}
	}
	return props.encode()
}

// group is an object of props, in the order in which they are first set.
type group []node

// node is a prop, or a group of props if it has no value.
type node struct {
	name  string
	value jsontext.Value
	group group
}

// set sets the value at a path below prefix.
func (g *group) set(path, prefix string, value jsontext.Value) error {
	name, rest, nested := strings.Cut(path, ".")
	if name == "" || nested && rest == "" {
		return &FieldError{Path: inProps + prefix + path, Reason: "a part of the name is empty"}
	}
	i := slices.IndexFunc(*g, func(n node) bool { return n.name == name })
	if i < 0 {
		i = len(*g)
		*g = append(*g, node{name: name})
	} else if nested != ((*g)[i].value == nil) {
		return &FieldError{Path: inProps + prefix + path, Reason: prefix + name + " cannot be a value and a group of props at once"}
	}
	if nested {
		return (*g)[i].group.set(rest, prefix+name+".", value)
	}
	(*g)[i].value = value
	return nil
}

func (g group) encode() (jsontext.Value, error) {
	members := make([]member, len(g))
	for i, n := range g {
		members[i] = member{n.name, n.value}
		if n.value == nil {
			value, err := n.group.encode()
			if err != nil {
				return nil, err
			}
			members[i].value = value
		}
	}
	return encodeMembers(members)
}

// encodeID encodes an id: as an integer if the object allows it and the text is a number,
// else as a string if it allows that.
func (s Spec) encodeID(object apizee.Object) (jsontext.Value, error) {
	if s.ID == "" && object.ID.Example != "" {
		return jsontext.Value(object.ID.Example), nil
	}
	if s.ID == "" && s.Undocumented {
		return nil, &FieldError{Path: idPath, Reason: "no id is documented for " + s.Object + "; set one"}
	}
	types := object.ID.Types
	if number, ok := numberOf(s.ID); ok && (len(types) == 0 || slices.Contains(types, apizee.Integer)) {
		return number, nil
	}
	if len(types) > 0 && !slices.Contains(types, apizee.Text) && !s.Undocumented {
		return nil, &FieldError{idPath, "must be an integer such as " + object.ID.Example + ", not " + strconv.Quote(s.ID), true}
	}
	return textValue(idPath, s.ID)
}

// encodeProp encodes the value of a prop as its documented type, with the digits typed. A
// value of another type is a string if undocumented values are allowed, as they always are in
// a partly documented object.
func (s Spec) encodeProp(object apizee.Object, p Prop) (jsontext.Value, error) {
	path, anyType := inProps+p.Path, s.Undocumented || object.PartlyDocumented
	prop, documented := object.Prop(p.Path)
	if !documented {
		if strings.Count(p.Path, ".") >= maxDepth {
			return nil, &FieldError{Path: inProps + p.Path[:40] + "…", Reason: "nested too deep"}
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
		if !anyType {
			return nil, &FieldError{path, "must be " + kindOf(prop.Type) + " such as " + prop.Example + `, not "` + p.Text + `"`, true}
		}
	case apizee.DateTime:
		if utc, isUTC := strings.CutSuffix(p.Text, "Z"); isUTC && !s.Undocumented && apizee.IsDateTime(p.Text) {
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

// numberOf parses a JSON number.
func numberOf(text string) (jsontext.Value, bool) {
	v, err := compacted([]byte(text))
	return v, err == nil && v.Kind() == '0'
}

// jsonOrText returns text that is JSON as it is, and any other text as a JSON string. Text
// that looks like JSON but has a syntax error is an error.
func jsonOrText(text string) (jsontext.Value, error) {
	v, wrong := compacted([]byte(text))
	if wrong == nil {
		return v, nil
	}
	v, err := quoted(text)
	if err != nil {
		return nil, err
	}
	if enclosed := strings.Trim(text, space); len(enclosed) > 1 {
		switch enclosed[:1] + enclosed[len(enclosed)-1:] {
		case "{}", "[]", `""`:
			syntax := (*SyntaxError)(nil)
			if errors.As(syntaxError([]byte(text), wrong), &syntax) {
				return nil, fmt.Errorf("the value looks like JSON but is invalid: %s; write text like this as a JSON string, in quotes", syntax.Reason)
			}
		}
	}
	return v, nil
}

// textValue returns the text as a JSON string.
func textValue(path, text string) (jsontext.Value, error) {
	v, err := quoted(text)
	if err != nil {
		return nil, &FieldError{Path: path, Reason: err.Error()}
	}
	return v, nil
}

// FieldError is an error about a field of a Spec.
type FieldError struct {
	Path   string // the path in the event: "objectId", "props.state"
	Reason string // the problem, and a suggestion
	// Undocumented means that the value is only undocumented.
	Undocumented bool
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Reason }

const (
	idPath  = "objectId"
	inProps = "props."
)

// IsInvalid reports whether a finding keeps an event that is described by its fields from being
// sent: an error, an event that is not one of the object's, or an id such as 1e3, which many
// decoders reject.
func IsInvalid(f apizee.Finding) bool {
	return f.Severity == apizee.Error || f.Path == "event" || f.Path == idPath
}
