package scenario

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// reader walks the YAML of one file and notes every mistake.
type reader struct {
	file     string
	source   []byte
	options  ParseOptions
	keys     tables
	engine   *engine
	problems Problems
	more     int // problems that were not kept

	templates map[string]payload.Template // those found so far

	anchors map[string]ast.Node
	// inAlias is how many aliases lie around the node being read, and copied how
	// many nodes were read through one.
	inAlias, copied int
	depth           int
	refused         bool // the file is out of all bounds

	known   map[string]bool // the names that an expression may use
	secrets []string
}

const (
	maxCopied = 100_000 // what aliases may make of a small file
	maxDepth  = 100
)

func (r *reader) problem(p place, format string, args ...any) {
	r.suggest(p, "", format, args...)
}

// word reports a word that is none of the known ones.
func (r *reader) word(p place, got string, known []string, format string, args ...any) {
	near := apizee.Nearest(got, known)
	message := fmt.Sprintf(format, args...)
	if near == "" && len(known) > 0 {
		message += "; known: " + strings.Join(known, ", ")
	}
	r.suggest(p, near, "%s", message)
}

func (r *reader) suggest(p place, suggestion, format string, args ...any) {
	if len(r.problems) == maxProblems {
		r.more++
		return
	}
	r.problems = append(r.problems, Problem{
		File: r.file, Line: int(p.line), Column: int(p.column),
		Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	})
}

// found are the problems in the order of the file, with its lines; nil when
// there are none.
func (r *reader) found() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	// What an alias stands for may be read several times.
	r.problems = slices.Compact(r.problems)
	lines := bytes.Split(r.source, []byte("\n"))
	for i := range r.problems {
		if p := &r.problems[i]; p.Line > 0 && p.Line <= len(lines) {
			p.Source = strings.TrimRight(string(lines[p.Line-1]), "\r")
		}
	}
	if r.more > 0 {
		r.problems = append(r.problems, Problem{File: r.file, Message: fmt.Sprintf("and %d more", r.more)})
	}
	return r.problems
}

// resolved calls read with what a node stands for: behind an anchor its value,
// behind an alias what the anchor named.
func (r *reader) resolved(n ast.Node, read func(ast.Node)) {
	if r.inAlias > 0 {
		r.copied++
	}
	r.depth++
	defer func() { r.depth-- }()
	switch {
	case r.refused:
		return
	case r.copied > maxCopied:
		r.refuse(n, "aliases make more than %d values of this file", maxCopied)
		return
	case r.depth > maxDepth:
		r.refuse(n, "this is nested deeper than %d levels", maxDepth)
		return
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		r.resolved(n.Value, read)
	case *ast.AliasNode:
		r.alias(n, read)
	case *ast.TagNode:
		r.problem(at(n), "tags such as %s are not supported", n.Start.Value)
	default:
		read(n)
	}
}

// refuse gives up on the file.
func (r *reader) refuse(n ast.Node, format string, args ...any) {
	r.refused = true
	r.problem(at(n), format, args...)
}

func (r *reader) alias(n *ast.AliasNode, read func(ast.Node)) {
	name := n.Value.GetToken().Value
	target, ok := r.anchors[name]
	if !ok {
		known := make([]string, 0, len(r.anchors))
		for anchor := range r.anchors {
			known = append(known, anchor)
		}
		slices.Sort(known)
		r.word(at(n), name, known, "there is no anchor %s before this alias", quote(name))
		return
	}
	r.inAlias++
	r.resolved(target, read)
	r.inAlias--
}

// fields are those of a mapping, and after them what merge keys (<<) add.
// The YAML library refuses a key that is written twice.
func (r *reader) fields(n ast.Node, what string) (fields []field) {
	r.resolved(n, func(n ast.Node) {
		m, ok := n.(*ast.MappingNode)
		if !ok {
			r.problem(at(n), "%s must be a mapping, not %s", what, describe(n))
			return
		}
		var merged []ast.Node
		fields = make([]field, 0, len(m.Values))
		for _, pair := range m.Values {
			if pair.Key.IsMergeKey() {
				merged = append(merged, pair.Value)
				continue
			}
			name, _ := scalarOf(pair.Key)
			fields = append(fields, field{name, pair.Key, pair.Value})
		}
		for _, other := range merged {
			fields = r.merge(fields, other, what)
		}
	})
	return fields
}

// merge adds the fields of a merge key that are not there already.
func (r *reader) merge(fields []field, n ast.Node, what string) []field {
	for _, f := range r.fields(n, what) {
		if !slices.ContainsFunc(fields, func(own field) bool { return own.name == f.name }) {
			fields = append(fields, f)
		}
	}
	return fields
}

// items are those of a list.
func (r *reader) items(n ast.Node, what string) (items []ast.Node) {
	r.resolved(n, func(n ast.Node) {
		if list, ok := n.(*ast.SequenceNode); ok {
			items = list.Values
			return
		}
		r.problem(at(n), "%s must be a list, not %s", what, describe(n))
	})
	return items
}
