package audit

import (
	"fmt"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// An audit fails if a rule fails. With a baseline or a minimum score, these decide instead: it fails if a
// rule is worse than in the baseline, or if the score is below the minimum. It fails, too, if the program
// under test crashed and no rule failed by that. The exit code follows from this, and so do the reports by
// which a server fails a build.

// Passes reports whether the audit did not fail.
func (o Outcome) Passes() bool {
	return o.Complete && !o.TooLow() && !slices.ContainsFunc(o.Results, o.fails) && (o.Crash == "" || !o.OK())
}

// TooLow reports whether the score is below the minimum.
func (o Outcome) TooLow() bool { return o.Complete && o.MinScore != nil && o.Score() < *o.MinScore }

// fails reports whether a rule makes the audit fail. Below the minimum score, the rules that failed are why.
func (o Outcome) fails(r Result) bool {
	if r.Before != "" {
		return r.Change() == Worse
	}
	return r.Status == Failed && (o.MinScore == nil || o.TooLow() || !o.Complete)
}

// JUnit returns the report for a server that fails a build by it: it has a failed case if the audit failed,
// and none if it passed.
func (o Outcome) JUnit() report.Report {
	r := o.suites(o.judgedCase)
	if cases := o.conditions(); len(cases) > 0 {
		r.Suites = append(r.Suites, report.Suite{Name: "The audit", Start: o.Start, Cases: cases})
	}
	return r
}

// judgedCase returns the case of a rule, which failed only if it makes the audit fail.
func (o Outcome) judgedCase(r Result) report.Case {
	c := r.reportCase()
	switch fails := o.fails(r); {
	case fails && r.Before != "":
		c.Status, c.Message, c.Detail = report.Failed, "worse than the baseline ("+r.WasBefore()+"): "+c.Message, r.detail()
	case !fails && r.Status == Failed && r.Before != "":
		c.Status, c.Message = report.Skipped, "not worse than the baseline ("+r.WasBefore()+"): "+c.Message
	case !fails && r.Status == Failed:
		c.Status, c.Message = report.Skipped, "failed, but the score is not below the minimum: "+c.Message
	}
	return c
}

// conditions returns a case of each thing besides the rules that decides.
func (o Outcome) conditions() []report.Case {
	var cases []report.Case
	switch {
	case o.Problem != "":
		cases = append(cases, report.Case{Name: "before the first rule", Status: report.Failed, Message: o.Problem})
	case !o.Complete:
		cases = append(cases, report.Case{Name: "to the end", Status: report.Failed, Message: "interrupted"})
	case o.MinScore != nil:
		c := report.Case{Name: "score", Status: report.Passed}
		if o.TooLow() {
			c.Status, c.Message = report.Failed, fmt.Sprintf("the score is %d, below the minimum of %d", o.Score(), *o.MinScore)
		}
		cases = append(cases, c)
	}
	if o.Crash != "" {
		c := report.Case{Name: "the program under test", Status: report.Failed, Message: o.Crash}
		if o.Passes() { // so does the rule that failed by it
			c.Status = report.Skipped
		}
		cases = append(cases, c)
	}
	return cases
}
