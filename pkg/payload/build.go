package payload

import (
	"cmp"
	"encoding/json"
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
// example; a delete event has only the props given. An error about a field, or about
// what the contract does not know, is a *FieldError.
func Build(c *apizee.Catalog, s Spec, unix int64) ([]byte, error) {
	object, _ := c.LookupObject(s.Object)
	id, err := s.encodeID(object)
	if err != nil {
		return nil, err
	}
	props, err := s.encodeProps(object)
	if err != nil {
		return nil, err
	}
	body, err := Compose(c, Fields{
		Event: s.event(), Object: s.Object,
		Time: strconv.AppendInt(nil, unix, 10), ID: json.RawMessage(id), Props: json.RawMessage(props),
	})
	if err != nil || s.Undocumented {
		return body, err
	}
	if err := refuse(c.Validate(body).Findings); err != nil {
		return nil, err
	}
	return body, nil
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
