package yamlfile

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Inline replaces aliases by their values, and merge keys (<<) by their fields, after those
// of the mapping. Values are shared, not copied, so that the time is proportional to the
// size of the text. The error is a *SyntaxError.
func Inline(root *yaml.Node) error {
	return inlining{}.children(root)
}

// inlining are the nodes that were begun, and whether they are complete.
type inlining map[*yaml.Node]bool

func (l inlining) children(n *yaml.Node) error {
	if done, begun := l[n]; begun {
		if !done {
			return &SyntaxError{Line: n.Line, Column: n.Column, Message: "an alias must not be in the value of its own anchor"}
		}
		return nil
	}
	l[n], n.Anchor = false, ""
	for i, inner := range n.Content {
		if inner.Kind == yaml.AliasNode {
			n.Content[i] = inner.Alias
		}
		if err := l.children(n.Content[i]); err != nil {
			return err
		}
	}
	l[n] = true
	if n.Kind == yaml.MappingNode {
		return merge(n)
	}
	return nil
}

// merge replaces the merge keys of a mapping by the fields that it does not have.
func merge(n *yaml.Node) error {
	var own, merged []*yaml.Node
	for field := range slices.Chunk(n.Content, 2) {
		if field[0].Tag != "!!merge" {
			own = append(own, field...)
			continue
		}
		from := []*yaml.Node{field[1]}
		if field[1].Kind == yaml.SequenceNode {
			from = field[1].Content
		}
		for _, m := range from {
			if m.Kind != yaml.MappingNode {
				return &SyntaxError{Line: field[0].Line, Column: field[0].Column, Message: "<< needs a mapping or a list of mappings"}
			}
			merged = append(merged, m.Content...)
		}
	}
	names := map[string]bool{}
	for field := range slices.Chunk(own, 2) {
		names[field[0].Value] = true
	}
	for field := range slices.Chunk(merged, 2) {
		if name := field[0].Value; !names[name] {
			names[name], own = true, append(own, field...)
		}
	}
	n.Content = own
	return nil
}
