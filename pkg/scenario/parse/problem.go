package parse

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// Problem is one error in a scenario file.
type Problem struct {
	File string
	// Line and Column count from 1, the column in characters. Line 0 means the file as a
	// whole.
	Line, Column int
	// Message is in lowercase and without a period.
	Message string
	// Source is the line; "" when it may contain a secret, or is not text.
	Source string
	// Suggestion is the nearest valid word, or "".
	Suggestion string
	// Variable is the name of a variable that has no value, if that is the problem.
	Variable string
}

// Problems are the errors in one file, in the order of its lines.
type Problems []Problem

// maxProblems is the maximum number of problems reported per file.
const maxProblems = 100

// Error lists the problems, each with its line and a caret under its column.
// Text from the file is not made safe for a terminal.
func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, problem := range p {
		texts[i] = problem.String()
	}
	return strings.Join(texts, "\n")
}

// Advice returns the message with the suggestion.
func (p Problem) Advice() string { return p.Message + apizee.Suggest(p.Suggestion) }

// Place returns "FILE:LINE:COLUMN", or the file alone.
func (p Problem) Place() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (p Problem) String() string {
	text := p.Place() + ": " + p.Advice()
	if p.Source == "" {
		return text
	}
	excerpt, caret := p.Excerpt()
	return text + "\n    " + excerpt + "\n    " + caret
}

// Excerpt returns the part of the line around the column, and a line with a caret under it.
func (p Problem) Excerpt() (line, caret string) {
	const most, before = 120, 60
	runes := []rune(strings.ReplaceAll(p.Source, "\t", " "))
	at := min(max(p.Column-1, 0), len(runes))
	cut := ""
	if len(runes) > most && at > before {
		runes, at, cut = runes[at-before:], before, "…"
	}
	if len(runes) > most {
		runes = append(runes[:most:most], '…')
	}
	return cut + string(runes), strings.Repeat(" ", at+utf8.RuneCountInString(cut)) + "^"
}

// Suite returns the problems as a suite of a report, with a failed case for each.
func (p Problems) Suite() report.Suite {
	s := report.Suite{Name: "Scenario", Cases: make([]report.Case, len(p))}
	for i, problem := range p {
		s.Cases[i] = report.Case{
			Name: "validation", File: problem.File, Line: problem.Line, Column: problem.Column,
			Status: report.Failed, Message: problem.Advice(),
		}
	}
	return s
}
