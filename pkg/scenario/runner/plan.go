package runner

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// Plan is which scenarios are run, how often, and under which assumptions.
type Plan struct {
	Scenarios   []*scenario.Scenario
	Assumptions []Assumption // none is as the scenarios say
	Repeat      int          // how often everything is run
	Shuffle     bool         // in another order each time
	// Options are those of each run, but for the assumption and the seed, which counts up
	// with each repetition.
	Options Options
}

// Planned is one run of a plan.
type Planned struct {
	Title    string // names the run in a report, as no other
	Scenario *scenario.Scenario
	Options  Options
}

// Runs are the runs of the plan, in their order.
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
				title := Outcome{Scenario: s.Name, Assumption: o.Assume}.Title()
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

// order is the order of the scenarios in one repetition.
func (p Plan) order(seed int64) []*scenario.Scenario {
	if !p.Shuffle {
		return p.Scenarios
	}
	shuffled := slices.Clone(p.Scenarios)
	random := rand.New(rand.NewPCG(uint64(seed), 2))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}

// Skipped is the run in a report when it was not done.
func (p Planned) Skipped(reason string) report.Suite {
	return report.Suite{Name: p.Title, File: p.Scenario.File, Cases: []report.Case{
		{Name: "not run", File: p.Scenario.File, Status: report.Skipped, Message: reason},
	}}
}
