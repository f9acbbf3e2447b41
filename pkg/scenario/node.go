package scenario

import (
	"go.yaml.in/yaml/v3"
)

// field is one "name: value" of a YAML mapping.
type field struct {
	name       string
	key, value *yaml.Node
}

// place is where something stands in the file.
type place struct{ line, column int32 }

// at is the place of the first character of a node.
func at(n *yaml.Node) place { return place{int32(n.Line), int32(n.Column)} }

// describe says what a node is, for a message.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case isEmpty(n):
		return "nothing"
	case n.Tag == tagBool:
		return "the boolean " + n.Value
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return "a text of several lines"
	case isNumber(n):
		return n.Value
	}
	return quote(n.Value)
}

// quote puts a word of the file in quotes and keeps it short.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return `"` + s + `"`
}

// The tags that the YAML library gives to values, from how they are written.
const (
	tagText  = "!!str"
	tagTime  = "!!timestamp" // a text here, as in JSON
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

// textOf is the text of a string, however it is written.
func textOf(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode && (n.Tag == tagText || n.Tag == tagTime) {
		return n.Value, true
	}
	return "", false
}

// scalarOf is the text of any scalar as it is written, so that 007 stays 007.
func scalarOf(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || isEmpty(n) {
		return "", false
	}
	return n.Value, true
}
