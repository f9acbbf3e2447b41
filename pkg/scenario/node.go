package scenario

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// field is one "name: value" of a YAML mapping.
type field struct {
	name  string
	key   ast.Node
	value ast.Node
}

// place is where something stands in the file.
type place struct{ line, column int32 }

// at is the place of the first character of a node.
func at(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	return placeOf(n.GetToken())
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{int32(t.Position.Line), int32(t.Position.Column)}
}

// describe says what a node is, for a message.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.LiteralNode:
		return "a text of several lines"
	case *ast.BoolNode:
		return "the boolean " + n.Token.Value
	case *ast.StringNode:
		return quote(n.Value)
	}
	return n.GetToken().Value
}

// quote puts a word of the file in quotes and keeps it short.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return `"` + s + `"`
}

// isMap, isText and isEmpty sort nodes that were resolved.
func isMap(n ast.Node) bool {
	_, ok := n.(*ast.MappingNode)
	return ok
}

func isEmpty(n ast.Node) bool {
	switch n.(type) {
	case nil, *ast.NullNode:
		return true
	}
	return false
}

// textOf is the text of a string node, however it is written.
func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// scalarOf is the text of any scalar as it is written, so that 007 stays 007.
func scalarOf(n ast.Node) (string, bool) {
	if text, ok := textOf(n); ok {
		return text, true
	}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}
