package run

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// summary prints the totals of all outcomes, which have the names of the first suites of the report.
func (v *view) summary(outcomes []runner.Outcome, all report.Report) {
	p := v.palette
	var sum runner.Counts
	var took time.Duration
	steps := 0
	for _, o := range outcomes {
		c := o.Counts()
		sum.Passed += c.Passed
		sum.Failed += c.Failed
		sum.Skipped += c.Skipped
		sum.Sent += c.Sent
		took += o.Duration
		steps += len(o.Steps)
	}
	v.line("")
	v.line("%s", console.Flow([]console.Cell{
		{Text: fmt.Sprintf("%s, %s:", console.Plural(len(outcomes), "run"), console.Plural(steps, "step"))},
		console.Cell{Text: fmt.Sprintf("%d passed", sum.Passed), Paint: p.OK}.Marked(","),
		show.Count(p.Finding, sum.Failed, "failed").Marked(","), show.Count(p.Warning, sum.Skipped, "skipped"),
		{Text: fmt.Sprintf(" %d sent in %s, seed %d", sum.Sent, console.Duration(took), v.run.seed), Paint: p.Dim},
	}, v.app.Width(), 0))
	v.slowest(outcomes, all)
	v.assumptions(outcomes)
}

// slowest prints the steps that took longest, as many as fit on a line; pauses do not count.
func (v *view) slowest(outcomes []runner.Outcome, all report.Report) {
	const shown, minSteps = 3, 5
	type step struct {
		name string
		took time.Duration
	}
	var steps []step
	for i, o := range outcomes {
		for _, s := range o.Steps {
			if s.Step.IsPause() || s.Status == runner.Skipped {
				continue
			}
			name := fmt.Sprintf("%d. %s", s.Step.N, show.Brief(s.Step.Title))
			if len(outcomes) > 1 {
				name = all.Suites[i].Name + ": " + name
			}
			steps = append(steps, step{name, s.Duration})
		}
	}
	if len(steps) < minSteps {
		return
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(b.took, a.took) })
	line, width := "slowest: ", v.app.Width()
	for i, s := range steps[:shown] {
		took := fmt.Sprintf(" (%s)", console.Duration(s.took))
		if i == 0 && width > 0 {
			s.name = console.Cut(s.name, max(width-console.Columns(line+took), 12))
		}
		part := s.name + took
		if i > 0 {
			part = ", " + part
		}
		if i > 0 && width > 0 && console.Columns(line+part) > width {
			break
		}
		line += part
	}
	v.line("%s", v.palette.Dim(line))
}

// advice prints what an endpoint must do under assumptions, each advice once.
func (v *view) advice(assumptions []string) {
	given := map[string]bool{}
	for _, name := range assumptions {
		advice := runner.Assumption(name).Advice()
		if advice == "" || given[advice] {
			continue
		}
		given[advice] = true
		for _, part := range v.app.Fit(name+": "+advice+".", len("  ")) {
			v.line("  %s", v.palette.Dim(part))
		}
	}
}

// assumptions prints under which assumptions the scenarios failed or, if none did, passed. It
// prints nothing about those without a response, or not run to the end.
func (v *view) assumptions(outcomes []runner.Outcome) {
	if len(v.run.assumptions) == 0 {
		return
	}
	var failures, passes []string
	for _, a := range v.run.assumptions {
		name := string(a)
		failed, passed := false, 0
		for _, o := range outcomes {
			switch c := o.Counts(); {
			case o.Assumption != a:
			case o.OK():
				passed++
			case c.Failed > 0 && c.Responses > 0:
				failed = true
			}
		}
		switch {
		case failed:
			failures = append(failures, name)
		case passed >= len(v.run.scenarios)*v.run.options.repeat:
			passes = append(passes, name)
		}
	}
	switch {
	case len(failures) > 0:
		v.line("%s", v.palette.Finding("Failed under: "+cli.List(failures, "and")+"."))
		v.advice(failures)
	case len(passes) > 0:
		v.line("%s", v.palette.OK("Passed under: "+cli.List(passes, "and")+"."))
	}
}
