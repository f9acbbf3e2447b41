package parse

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// reader walks the YAML of one file and collects its problems.
type reader struct {
	file     string
	source   []byte
	options  Options
	keys     tables
	problems Problems
	omitted  int // problems beyond maxProblems
	bounds
	foresight
	quotes

	templates map[string]payload.Template // by name, as they are found

	unexpanded map[place]bool // values with a problem of a reference, and no other

	known   map[string]bool       // the variables that an expression may use
	expect  *scenario.Expectation // from defaults
	secrets []string
}

func (r *reader) problem(p place, format string, args ...any) {
	r.suggest(p, "", format, args...)
}

// word reports an unknown word, with the nearest known one or all of them.
func (r *reader) word(p place, got string, known []string, format string, args ...any) {
	near := apizee.Nearest(got, known)
	message := fmt.Sprintf(format, args...)
	if near == "" && len(known) > 0 {
		message += "; known: " + strings.Join(known, ", ")
	}
	r.suggest(p, near, "%s", message)
}

func (r *reader) suggest(p place, suggestion, format string, args ...any) {
	r.add(Problem{Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (r *reader) add(p Problem) {
	if r.unexpanded[place{p.Line, p.Column}] {
		return
	}
	if len(r.problems) == maxProblems {
		r.omitted++
		return
	}
	p.File = r.file
	r.problems = append(r.problems, p)
}

// noted returns the number of problems so far.
func (r *reader) noted() int { return len(r.problems) + r.omitted }

// failed reports whether a value has a problem already, so that it gets no second one.
func (r *reader) failed(f field) bool { return r.isBlamed(at(f.value)) }

func (r *reader) isBlamed(p place) bool {
	return r.unexpanded[p] || slices.ContainsFunc(r.problems, func(found Problem) bool {
		return found.Line == p.line && found.Column == p.column
	})
}

// found returns the problems in the order of the file; nil when there are none.
func (r *reader) found() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	// A node with aliases is read several times.
	r.problems = slices.Compact(r.problems)
	lines := bytes.Split(r.source, []byte("\n"))
	var known redact.Secrets
	known.Add(r.secrets...)
	for i := range r.problems {
		r.problems[i].Message = known.Mask(r.problems[i].Message)
		if p := &r.problems[i]; p.Line > 0 && p.Line <= len(lines) {
			if line := strings.TrimRight(string(lines[p.Line-1]), "\r"); !redact.HasSecret(line) && firstInvalid([]byte(line)) < 0 {
				p.Source = line
			}
		}
	}
	if r.omitted > 0 {
		r.problems = append(r.problems, Problem{File: r.file, Message: fmt.Sprintf("and %d more", r.omitted)})
	}
	return r.problems
}

// Limits of a file: with aliases, a few lines can expand to millions of values, and a value can
// contain itself.
const (
	MaxFile  = 16 << 20 // bytes of a scenario file
	maxSteps = 1_000_000

	maxCopied   = 100_000 // values that aliases expand to
	maxDepth    = 100
	maxRepeat   = 1_000_000
	maxTimes    = 1000
	maxTogether = 1000
)

// bounds count what has been read.
type bounds struct {
	inAlias, depth int // aliases and values around the current one
	copied         int // values read through an alias
	exceeded       bool
}

// enter counts a value before it is read, and reports whether it is within the limits. Beyond
// them nothing more is read.
func (r *reader) enter(n *yaml.Node) bool {
	r.depth++
	if r.inAlias > 0 {
		r.copied++
	}
	switch {
	case r.exceeded:
	case r.copied > maxCopied:
		r.problem(at(n), "aliases expand to more than %d values", maxCopied)
		r.exceeded = true
	case r.depth > maxDepth:
		r.problem(at(n), "nested deeper than %d levels", maxDepth)
		r.exceeded = true
	}
	return !r.exceeded
}

func (r *reader) leave() { r.depth-- }
