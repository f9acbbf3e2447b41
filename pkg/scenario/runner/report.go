package runner

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// Suite returns the outcome as a suite of a report, with a case for each step.
func (o Outcome) Suite(name string) report.Suite {
	s := report.Suite{
		Name: name, File: o.File, Start: o.Start, Duration: o.Duration,
		Properties: []report.Property{{Name: "seed", Value: strconv.FormatInt(o.Seed, 10)}},
		Cases:      make([]report.Case, len(o.Steps)),
	}
	for i, step := range o.Steps {
		s.Cases[i] = step.reportCase()
	}
	return s
}

func (s StepOutcome) reportCase() report.Case {
	line, column := s.Place()
	c := report.Case{
		Name: fmt.Sprintf("%d. %s", s.Step.N, s.Step.CaseName), File: s.Step.File, Line: line, Column: column,
		Status: report.Status(s.Status), Duration: s.Duration, Message: s.Reason,
	}
	if s.Failure != nil {
		c.Message = s.FailureText()
		c.Detail = strings.Join(s.Failure.Lines(), "\n")
	}
	return c
}

// FailureText returns the failure in one sentence, with the number of failed repetitions of a
// repeated step.
func (s StepOutcome) FailureText() string {
	switch {
	case s.Failure == nil:
		return ""
	case s.Repetitions < 2:
		return s.Failure.Message
	}
	return fmt.Sprintf("%d of %d repetitions failed; the first: %s", s.FailedRepetitions, s.Repetitions, s.Failure.Message)
}

// Lines returns the expectations that were not met, the first lines of the response, and the
// hint.
func (f *Failure) Lines() []string {
	var lines []string
	if f.Request != "" {
		lines = append(lines, f.Request)
	}
	for _, d := range f.Differences {
		lines = append(lines, d.What, "  expected  "+d.Expected, "  actual    "+d.Actual)
	}
	if len(f.Response) > 0 {
		lines = append(lines, "response")
		for _, line := range f.Response {
			lines = append(lines, "  "+line)
		}
	}
	if f.Hint != "" {
		lines = append(lines, f.Hint)
	}
	return lines
}
