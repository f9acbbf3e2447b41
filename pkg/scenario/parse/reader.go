package parse

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// reader walks the YAML of one file and notes every mistake.
type reader struct {
	file     string
	source   []byte
	options  Options
	keys     tables
	engine   *expr.Engine
	problems Problems
	omitted  int // problems beyond maxProblems
	bounds

	templates map[string]payload.Template // those found so far

	known   map[string]bool       // the names that an expression may use
	expect  *scenario.Expectation // of defaults
	secrets []string
}

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
	r.add(Problem{Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (r *reader) add(p Problem) {
	if len(r.problems) == maxProblems {
		r.omitted++
		return
	}
	p.File = r.file
	r.problems = append(r.problems, p)
}

// noted is how many problems there are so far.
func (r *reader) noted() int { return len(r.problems) + r.omitted }

// failed reports whether a problem was noted for a value, so that no second one follows
// from it.
func (r *reader) failed(f field) bool { return r.isBlamed(at(f.value)) }

func (r *reader) isBlamed(p place) bool {
	return slices.ContainsFunc(r.problems, func(found Problem) bool {
		return found.Line == p.line && found.Column == p.column
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
	if r.omitted > 0 {
		r.problems = append(r.problems, Problem{File: r.file, Message: fmt.Sprintf("and %d more", r.omitted)})
	}
	return r.problems
}
