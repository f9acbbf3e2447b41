package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// field is one "name: value" of a YAML mapping.
type field struct {
	name       string
	key, value *yaml.Node
}

// place is a position in the file, from 1; the zero place is the file as a whole.
type place struct{ line, column int }

// at returns the place of a node.
func at(n *yaml.Node) place { return place{n.Line, n.Column} }

// describe returns what a node is, for a message.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isEmpty(n):
		return "null"
	case n.Tag == tagBool:
		return "the boolean " + n.Value
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return "a multi-line string"
	case isNumber(n):
		return n.Value
	}
	return expr.Quote(n.Value)
}

// The tags that the YAML library gives to values.
const (
	tagText  = "!!str"
	tagTime  = "!!timestamp" // read as a string, as in JSON
	tagInt   = "!!int"
	tagFloat = "!!float"
	tagBool  = "!!bool"
	tagNull  = "!!null"
	tagMerge = "!!merge"
)

func isMap(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }

func isEmpty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == tagNull }

func isNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == tagInt || n.Tag == tagFloat)
}

// textOf returns the text of a string.
func textOf(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode && (n.Tag == tagText || n.Tag == tagTime) {
		return n.Value, true
	}
	return "", false
}

// scalarOf returns the text of any scalar other than null, as written, so that 007 stays 007.
func scalarOf(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || isEmpty(n) {
		return "", false
	}
	return n.Value, true
}

func isTrue(n *yaml.Node) bool { return strings.EqualFold(n.Value, "true") }

// resolved calls read with a node or, for an alias, with the node of its anchor.
func (r *reader) resolved(n *yaml.Node, read func(*yaml.Node)) {
	defer r.leave()
	switch {
	case !r.enter(n):
	case n.Kind == yaml.AliasNode:
		r.inAlias++
		r.resolved(n.Alias, read)
		r.inAlias--
	case n.Style&yaml.TaggedStyle != 0:
		r.problem(at(n), "tags such as %s are not supported", n.Tag)
	default:
		read(n)
	}
}

// fields returns the fields of a mapping, followed by those that merge keys (<<) add.
func (r *reader) fields(n *yaml.Node, what string) (fields []field) {
	r.resolved(n, func(n *yaml.Node) {
		if !isMap(n) {
			r.problem(at(n), "%s must be a mapping, not %s", what, describe(n))
			return
		}
		fields = make([]field, 0, len(n.Content)/2)
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Tag != tagMerge {
				fields = append(fields, field{key.Value, key, n.Content[i+1]})
			}
		}
		fields = r.withoutDuplicates(fields)
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Tag == tagMerge {
				fields = r.merge(fields, n.Content[i+1], what)
			}
		}
	})
	return fields
}

// withoutDuplicates reports duplicate keys, and keeps the first of each.
func (r *reader) withoutDuplicates(fields []field) []field {
	lines := make(map[string]int, len(fields))
	return slices.DeleteFunc(fields, func(f field) bool {
		line, twice := lines[f.name]
		if twice {
			r.problem(at(f.key), "duplicate key %s, first on line %d", expr.Quote(f.name), line)
			return true
		}
		lines[f.name] = f.key.Line
		return false
	})
}

// merge adds the fields of a merge key, or of a list of them, that are not set already.
func (r *reader) merge(fields []field, n *yaml.Node, what string) []field {
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			fields = r.merge(fields, item, what)
		}
		return fields
	}
	for _, f := range r.fields(n, what) {
		if !slices.ContainsFunc(fields, func(own field) bool { return own.name == f.name }) {
			fields = append(fields, f)
		}
	}
	return fields
}

// items returns the items of a list.
func (r *reader) items(n *yaml.Node, what string) (items []*yaml.Node) {
	r.resolved(n, func(n *yaml.Node) {
		if n.Kind == yaml.SequenceNode {
			items = n.Content
			return
		}
		r.problem(at(n), "%s must be a list, not %s", what, describe(n))
	})
	return items
}
