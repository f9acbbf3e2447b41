package runner

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// Plan says which scenarios are run, how often, and under which assumptions.
type Plan struct {
	Scenarios   []*scenario.Scenario
	Assumptions []Assumption // none means as the scenarios say
	Repeat      int          // the number of repetitions of the whole plan
	Shuffle     bool         // shuffle the scenarios in each repetition
	// Options apply to each run, except that the assumption varies and the seed is
	// incremented with each repetition.
	Options Options
}

// Planned is one run of a plan.
type Planned struct {
	Title    string // the unique name of the run in a report
	Scenario *scenario.Scenario
	Options  Options
}

// Runs returns the runs of the plan, in order.
func (p Plan) Runs() []Planned {
	assumptions := p.Assumptions
	if len(assumptions) == 0 {
		assumptions = []Assumption{""}
	}
	var runs []Planned
	var all []*scenario.Scenario
	for n := range p.Repeat {
		o := p.Options
		o.Seed += int64(n)
		for _, s := range p.order(o.Seed) {
			for _, o.Assume = range assumptions {
				title := s.Name
				if o.Assume != "" {
					title += " [" + string(o.Assume) + "]"
				}
				if p.Repeat > 1 {
					title += fmt.Sprintf(" (%d of %d)", n+1, p.Repeat)
				}
				runs = append(runs, Planned{title, s, o})
				all = append(all, s)
			}
		}
	}
	times := newTimeline(all...)
	for i := range runs {
		runs[i].Options.timeline = times
	}
	return runs
}

// order returns the scenarios in the order of one repetition.
func (p Plan) order(seed int64) []*scenario.Scenario {
	if !p.Shuffle {
		return p.Scenarios
	}
	shuffled := slices.Clone(p.Scenarios)
	random := rand.New(rand.NewPCG(uint64(seed), 2))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}

// Skipped returns the suite of a run that was skipped.
func (p Planned) Skipped(reason string) report.Suite {
	return report.Suite{Name: p.Title, File: p.Scenario.File, Cases: []report.Case{
		{Name: "not run", File: p.Scenario.File, Status: report.Skipped, Message: reason},
	}}
}
