package payload

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// arrange writes an event compactly and in documented order, its props too. What is
// not documented comes after that, in the order it had.
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
	return appendMembers(nil, fields)
}

// arrangeProps orders props, or a group in them whose name with a dot is prefix.
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
	return appendMembers(nil, members)
}

func sortMembers(members []member, paths []string, prefix string) {
	slices.SortStableFunc(members, func(a, b member) int {
		return cmp.Compare(place(paths, prefix+a.name), place(paths, prefix+b.name))
	})
}

// place is where among the documented paths a name stands, or a group whose first
// member stands there; a name that is not documented is behind all.
func place(paths []string, name string) int {
	at := slices.IndexFunc(paths, func(p string) bool {
		return p == name || strings.HasPrefix(p, name+".")
	})
	if at < 0 {
		return len(paths)
	}
	return at
}

// isGroup tells whether documented props nest under a name.
func isGroup(paths []string, name string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, name+".") })
}

// objectName is the name in the object field, or "" when there is none.
func objectName(fields []member) string {
	for _, f := range fields {
		if f.name == "object" && f.value.Kind() == '"' {
			name, _ := jsontext.AppendUnquote(nil, f.value)
			return string(name)
		}
	}
	return ""
}
