package apizee

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ordered is a JSON object whose members keep their order, so that a schema has the
// order of the documentation.
type ordered []pair

type pair struct {
	name  string
	value any
}

// MarshalJSONTo writes the object member by member.
func (o ordered) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, p := range o {
		if err := enc.WriteToken(jsontext.String(p.name)); err != nil {
			return err
		}
		if err := json.MarshalEncode(enc, p.value); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}

func (o ordered) has(name string) bool {
	for _, p := range o {
		if p.name == name {
			return true
		}
	}
	return false
}

// document is the object as indented JSON with a final newline. The catalog can always
// be encoded; the tests would fail otherwise.
func (o ordered) document() []byte {
	text, err := json.Marshal(o, jsontext.WithIndent("  "))
	if err != nil {
		panic("apizee: encode the catalog: " + err.Error())
	}
	return append(text, '\n')
}

// nested nests props as they are by default: those with a dot in their path become
// members of a group.
func nested(props []Prop, leaf func(Prop) any, group func(ordered) any) ordered {
	shape := ordered{}
	for _, p := range props {
		name, _, isNested := strings.Cut(p.Path, ".")
		switch {
		case !isNested:
			shape = append(shape, pair{name, leaf(p)})
		case !shape.has(name):
			shape = append(shape, pair{name, group(groupOf(name, props, leaf))})
		}
	}
	return shape
}

func groupOf(name string, props []Prop, leaf func(Prop) any) ordered {
	var group ordered
	for i := range props {
		if rest, within := props[i].within(name); within {
			group = append(group, pair{rest, leaf(props[i])})
		}
	}
	return group
}
