package payload

import (
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Dotted writes the groups of props that are documented for the event's object as keys
// with a dot, such as "geoloc.lat". An event without such a group stays as it is.
func Dotted(c *apizee.Catalog, body []byte) ([]byte, error) {
	fields, err := readMembers(body)
	if err != nil {
		return nil, fmt.Errorf("write dotted keys: %w", err)
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
	return appendMembers(nil, fields)
}

// flatten moves what is in the documented groups of props up into props.
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
	value, err := appendMembers(nil, out)
	return member{props.name, value}, found, err
}
