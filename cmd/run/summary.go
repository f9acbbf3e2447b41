package run

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// summary sums up all outcomes.
func (v *view) summary(outcomes []runner.Outcome) {
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
	v.slowest(outcomes)
	v.survival(outcomes)
}

// slowest names the steps that took longest, as many as a line holds, pauses aside.
func (v *view) slowest(outcomes []runner.Outcome) {
	const most, few = 3, 5
	var all []runner.StepOutcome
	for _, o := range outcomes {
		for _, s := range o.Steps {
			if !s.Step.IsPause() && s.Status != runner.Skipped {
				all = append(all, s)
			}
		}
	}
	if len(all) < few {
		return
	}
	slices.SortStableFunc(all, func(a, b runner.StepOutcome) int { return cmp.Compare(b.Duration, a.Duration) })
	line := "slowest: "
	for i, s := range all[:most] {
		step := fmt.Sprintf("%s (%s)", show.Brief(s.Step.Title), console.Duration(s.Duration))
		if i > 0 {
			step = ", " + step
		}
		if width := v.app.Width(); i > 0 && width > 0 && console.Columns(line+step) > width {
			break
		}
		line += step
	}
	v.line("%s", v.palette.Dim(line))
}

// advice says, once each, how an endpoint bears assumptions about delivery.
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

// survival says which assumptions about delivery the endpoint does not bear.
func (v *view) survival(outcomes []runner.Outcome) {
	if len(v.run.assumptions) == 0 {
		return
	}
	var bad, good []string
	for _, a := range v.run.assumptions {
		name := string(a)
		failed := slices.ContainsFunc(outcomes, func(o runner.Outcome) bool { return o.Assumption == a && !o.OK() })
		switch {
		case failed && !slices.Contains(bad, name):
			bad = append(bad, name)
		case !failed && !slices.Contains(good, name):
			good = append(good, name)
		}
	}
	if len(bad) > 0 {
		v.line("%s", v.palette.Finding("The endpoint does not survive: "+cli.List(bad, "and")+"."))
		v.advice(bad)
		return
	}
	v.line("%s", v.palette.OK("The endpoint survives: "+cli.List(good, "and")+"."))
}
