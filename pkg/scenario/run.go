package scenario

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Runner plays scenarios. Its fields are set once.
type Runner struct {
	Client *deliver.Client
	// Faulty makes a client that delivers with a fault, decided by a seed.
	Faulty func(fault.Fault, uint64) *deliver.Client
	Now    func() time.Time
	// Sleep waits, or returns the context's error when that ends first.
	Sleep func(context.Context, time.Duration) error
	// Advise words what to do about a failed delivery; nil takes the failure's own hint.
	Advise func(*deliver.Failure) string
	// Observe is told what happens, by one goroutine at a time; nil is nobody.
	Observe func(Event)
}

// Options are those of one run.
type Options struct {
	// To is where the events go, whatever the scenario says; nil leaves it to the
	// scenario, and to Fallback when that says nothing.
	To, Fallback *url.URL
	// Headers are sent with every delivery. They win over those of the scenario as
	// a whole; those of a single step win over them.
	Headers []deliver.Header
	// Timeout is how long a delivery may take; 0 means no limit.
	Timeout time.Duration
	// Seed makes what is left to chance, so that it can be repeated.
	Seed     int64
	FailFast bool // the first failure ends the run
	// Assume is how deliveries happen; "" is as the scenario says.
	Assume Assumption
}

// playing is one run on its way.
type playing struct {
	runner   Runner
	scenario *Scenario
	options  Options
	maker    maker
	random   *rand.Rand
	outcome  Outcome
	targets  targets
	secrets  redact.Secrets
	// lost are the variables that a step was to capture and did not.
	lost map[string]int
	held []delivery // see hold
	// stopped says why nothing more is done; "" as long as the run goes on.
	stopped string
}

// Run plays a scenario to its end, also when steps fail. A step that needs what
// an earlier one failed to capture is skipped. When ctx ends, the outcome says
// so, and what was not done yet is skipped.
func (r Runner) Run(ctx context.Context, s *Scenario, o Options) Outcome {
	if r.Observe == nil {
		r.Observe = func(Event) {}
	}
	if r.Advise == nil {
		r.Advise = func(f *deliver.Failure) string { return f.Hint }
	}
	p := &playing{
		runner: r, scenario: s, options: o,
		random: newRandom(o.Seed),
		maker:  newMaker(s.catalog, r.Now, o.Seed),
		lost:   map[string]int{},
		outcome: Outcome{
			Scenario: s.Name, File: s.File, Assumption: o.Assume, Seed: o.Seed, Start: r.Now(),
			Steps: make([]StepOutcome, len(s.steps)),
		},
	}
	p.secrets.Add(s.secrets...)
	p.targets.fixed(p)
	p.start()
	p.steps(ctx)
	p.outcome.Interrupted = ctx.Err() != nil
	p.outcome.Duration = r.Now().Sub(p.outcome.Start)
	return p.outcome
}

// newRandom makes what shuffles; ids come from another source.
func newRandom(seed int64) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 0)) }

// start gives the variables their first values.
func (p *playing) start() {
	e := p.maker.engine
	e.vars[counterName] = 1
	for _, v := range p.scenario.vars {
		if v.given != nil {
			e.vars[v.name] = v.given
			p.addVariable(v.name)
			continue
		}
		raw, err := v.value.raw(e)
		if err != nil {
			p.stopped = "the variable " + quote(v.name) + " has no value: " + p.secrets.Mask(err.Error())
			return
		}
		e.vars[v.name] = plainJSON(raw)
		p.addVariable(v.name)
	}
}

// addVariable keeps a variable secret whose name says that it is.
func (p *playing) addVariable(name string) {
	if redact.IsSecret(name) {
		p.secrets.Add(fmt.Sprint(p.maker.engine.vars[name]))
	}
}

// unit is one round of one step.
type unit struct {
	*step
	index int // of the step
	round int // from 1
}

func (p *playing) steps(ctx context.Context) {
	for i := range p.scenario.steps {
		s := &p.scenario.steps[i]
		for round := range max(s.repeat, 1) {
			if ctx.Err() != nil && p.stopped == "" {
				p.stopped = interrupted
			}
			u := unit{s, i, round + 1}
			if p.stopped != "" {
				p.skip(u, p.stopped)
				break // the other rounds too
			}
			p.do(ctx, u)
		}
	}
	p.release(ctx)
}

const interrupted = "interrupted"

func (p *playing) do(ctx context.Context, u unit) {
	if u.kind.delivers() && p.options.Assume.reorders() && len(u.captures) == 0 {
		p.hold(ctx, u)
		return
	}
	if u.kind == pauseStep {
		p.pause(ctx, u)
		return
	}
	p.release(ctx)
	if p.stopped != "" {
		p.skip(u, p.stopped)
		return
	}
	switch u.kind {
	case togetherStep:
		p.together(ctx, u)
	case probeStep:
		p.probe(ctx, u)
	default:
		p.deliver(ctx, p.prepare(u))
	}
}

func (p *playing) pause(ctx context.Context, u unit) {
	step := p.begin(u)
	began := p.runner.Now()
	wait, err := u.step.pause.value(p.maker.engine)
	if err != nil {
		p.finish(u, p.failed(step, u, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	if p.runner.Sleep(ctx, wait) != nil {
		out.Status, out.Reason = Skipped, interrupted
	}
	out.Duration = p.runner.Now().Sub(began)
	p.finish(u, out)
}
