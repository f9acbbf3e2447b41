package scenario

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
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

	// inAlias is how many aliases lie around the node being read, and copied how
	// many nodes were read through one.
	inAlias, copied int
	depth           int
	refused         bool // the file is out of all bounds

	sound   map[essence]*event // events that were found to keep the contract
	known   map[string]bool    // the names that an expression may use
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
			if line := strings.TrimRight(string(lines[p.Line-1]), "\r"); !redact.HasSecret(line) {
				p.Source = line
			}
		}
	}
	if r.more > 0 {
		r.problems = append(r.problems, Problem{File: r.file, Message: fmt.Sprintf("and %d more", r.more)})
	}
	return r.problems
}

// resolved calls read with what a node stands for: behind an anchor its value,
// behind an alias what the anchor named.
func (r *reader) resolved(n *yaml.Node, read func(*yaml.Node)) {
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
	switch {
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

// refuse gives up on the file.
func (r *reader) refuse(n *yaml.Node, format string, args ...any) {
	r.refused = true
	r.problem(at(n), format, args...)
}

// fields are those of a mapping, and after them what merge keys (<<) add.
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
		r.duplicates(fields)
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Tag == tagMerge {
				fields = r.merge(fields, n.Content[i+1], what)
			}
		}
	})
	return fields
}

// duplicates reports names that are given twice.
func (r *reader) duplicates(fields []field) {
	const few = 16 // so few are compared faster than hashed
	if len(fields) <= few {
		for i, f := range fields {
			for _, earlier := range fields[:i] {
				if earlier.name == f.name {
					r.twice(f, earlier)
				}
			}
		}
		return
	}
	seen := make(map[string]field, len(fields))
	for _, f := range fields {
		if earlier, ok := seen[f.name]; ok {
			r.twice(f, earlier)
		}
		seen[f.name] = f
	}
}

func (r *reader) twice(f, earlier field) {
	r.problem(at(f.key), "%s is given twice, first in line %d", quote(f.name), earlier.key.Line)
}

// merge adds the fields of a merge key, or of a list of them, that are not there
// already.
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

// items are those of a list.
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
