// Package runner runs scenarios: it delivers their events in order, judges the responses, and
// probes what the endpoint has done.
//
// [Runner.Run] runs one scenario against a target, tells an observer what happens as it
// happens, and returns an [Outcome]. A [Plan] lists the runs of several scenarios.
//
// The package knows neither terminals nor flags, and does not receive events. Clock, sleep,
// random seed and HTTP client are handed in.
package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// Runner runs scenarios. Its fields are set once.
type Runner struct {
	Client *deliver.Client
	// Faulty makes a client that delivers with a fault, decided by a seed.
	Faulty func(fault.Fault, uint64) *deliver.Client
	Now    func() time.Time
	// Sleep waits, or returns the context's error when that ends first.
	Sleep func(context.Context, time.Duration) error
	// Advise words what to do about a failed delivery; nil takes the failure's own hint.
	Advise func(*deliver.Failure) string
	// Secrets are those that are known, to which a run adds its own; nil is none.
	Secrets *redact.Secrets
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
	// Seed makes what is random repeatable.
	Seed     int64
	FailFast bool // the first failure ends the run
	// Assume is how deliveries happen; "" is as the scenario says.
	Assume Assumption

	timeline *timeline // of the plan; nil is one of the run's own
}

// running is one run under way.
type running struct {
	Runner
	scenario *scenario.Scenario
	options  Options
	outcome  Outcome
	engine   *expr.Engine
	sources  payload.Sources // of templates
	at       time.Time       // of the event that is being made; zero between events
	random   *rand.Rand      // what shuffles; ids come from another source
	to       *url.URL        // nil leaves it to the scenario
	secrets  *redact.Secrets
	// lost are the variables that a step was to capture and did not, with its number.
	lost map[string]int
	held []delivery // see hold
	// stopped says why nothing more is done; "" as long as the run goes on.
	stopped string
}

// interrupted is why a run stops when its context ends.
const interrupted = "interrupted"

// Run runs a scenario to its end, also when steps fail. A step that needs what
// an earlier one failed to capture is skipped. When ctx ends, the outcome says
// so, and what was not done yet is skipped.
func (r Runner) Run(ctx context.Context, s *scenario.Scenario, o Options) Outcome {
	if r.Observe == nil {
		r.Observe = func(Event) {}
	}
	if r.Advise == nil {
		r.Advise = func(f *deliver.Failure) string { return f.Hint }
	}
	if r.Secrets == nil {
		r.Secrets = new(redact.Secrets)
	}
	if o.timeline == nil {
		o.timeline = newTimeline(s)
	}
	p := &running{
		Runner: r, scenario: s, options: o, secrets: r.Secrets,
		random: rand.New(rand.NewPCG(uint64(o.Seed), 0)),
		lost:   map[string]int{},
		outcome: Outcome{
			Scenario: s.Name, File: s.File, Assumption: o.Assume, Seed: o.Seed, Start: r.Now(),
			Steps: make([]StepOutcome, len(s.Steps)),
		},
	}
	ids, count := rand.New(rand.NewPCG(uint64(o.Seed), 1)), int64(0)
	p.sources = payload.Sources{
		Now: p.now, Random: ids.Uint64,
		Next: func() int64 { count++; return count },
	}
	p.engine = expr.New(p.sources)
	p.start()
	p.steps(ctx)
	p.outcome.Interrupted = ctx.Err() != nil
	p.outcome.Duration = r.Now().Sub(p.outcome.Start)
	return p.outcome
}

// now is the time that templates and expressions see: of an event, the one that it is given.
func (p *running) now() time.Time {
	if p.at.IsZero() {
		return p.Now()
	}
	return p.at
}

// start settles what holds for the whole run, and gives the variables their first values.
func (p *running) start() {
	p.secrets.Add(p.scenario.Secrets...)
	for _, h := range p.options.Headers {
		p.secrets.AddHeader(h.Name, h.Value)
	}
	if p.to = p.options.To; p.to == nil && !p.scenario.HasTarget() {
		p.to = p.options.Fallback
	}
	if p.to != nil {
		p.secrets.AddURL(p.to)
	}
	p.engine.Vars[scenario.Counter] = 1
	for _, v := range p.scenario.Vars {
		raw, err := p.engine.JSON(&v.Value)
		if err != nil {
			p.stopped = "the variable " + expr.InQuotes(v.Name) + " has no value: " + p.secrets.Mask(err.Error())
			return
		}
		p.set(v.Name, payload.Decode(raw))
	}
}

// set gives a variable a value, which is a secret when the name says so.
func (p *running) set(name string, value any) {
	p.engine.Vars[name] = value
	if !redact.IsSecret(name) {
		return
	}
	if text, err := payload.Text(value); err == nil {
		p.secrets.Add(text)
	}
}

// unit is one round of one step.
type unit struct {
	*scenario.Step
	index int    // of the step
	round int    // from 1
	name  string // with the results of its expressions
}

func (p *running) steps(ctx context.Context) {
	for i := range p.scenario.Steps {
		s := &p.scenario.Steps[i]
		for round := range s.Repeat {
			if ctx.Err() != nil && p.stopped == "" {
				p.stopped = interrupted
			}
			u := unit{Step: s, index: i, round: round + 1}
			p.engine.Vars[scenario.Counter] = u.round
			var err error
			u.name, err = p.engine.Text(s.Name)
			if p.stopped != "" {
				p.skip(u, p.stopped)
				break // the other rounds too
			}
			if err != nil {
				p.finish(u, p.unprepared(p.begin(u), fmt.Errorf("name: %w", err)))
				continue
			}
			p.do(ctx, u)
		}
	}
	p.release(ctx)
}

func (p *running) do(ctx context.Context, u unit) {
	if u.Kind.Delivers() && p.options.Assume.reorders() && len(u.Captures) == 0 {
		p.hold(ctx, u)
		return
	}
	if u.Kind == scenario.Pause {
		p.pause(ctx, u)
		return
	}
	p.release(ctx)
	if p.stopped != "" {
		p.skip(u, p.stopped)
		return
	}
	switch u.Kind {
	case scenario.Together:
		p.together(ctx, u)
	case scenario.Probe:
		p.probe(ctx, u)
	default:
		p.deliver(ctx, p.prepare(u))
	}
}

func (p *running) pause(ctx context.Context, u unit) {
	step := p.begin(u)
	began := p.Now()
	wait, err := u.Pause.Value(p.engine)
	if err != nil {
		p.finish(u, p.unprepared(step, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	if p.Sleep(ctx, wait) != nil {
		out.Status, out.Reason = Skipped, interrupted
	}
	out.Duration = p.Now().Sub(began)
	p.finish(u, out)
}

// begin tells the observer that a step begins, and says which it is.
func (p *running) begin(u unit) Step {
	step := p.describe(u)
	p.Observe(StepStarted{step})
	return step
}

func (p *running) describe(u unit) Step {
	p.engine.Vars[scenario.Counter] = u.round
	return Step{
		N: u.index + 1, Of: len(p.scenario.Steps), Kind: u.Kind, Title: p.secrets.Mask(p.title(u)),
		File: p.scenario.File, Line: u.Line, Column: u.Column,
		Round: u.round, Rounds: u.Repeat,
	}
}

// title is the name of a step, or what it does. Expressions without a result stay as they are.
func (p *running) title(u unit) string {
	switch {
	case u.Name != "":
		return cmp.Or(u.name, u.Name)
	case u.Kind == scenario.Probe:
		target, err := p.engine.Text(u.Probe.URL)
		if err != nil {
			target = u.Probe.URL
		}
		return "probe " + u.Probe.Method + " " + redact.URL(target)
	}
	return u.Summary
}

// finish enters what became of a round, and tells the observer.
func (p *running) finish(u unit, out StepOutcome) {
	out.Rounds = 1
	if out.Status == Failed {
		out.FailedRounds = 1
		if p.options.FailFast && p.stopped == "" {
			p.stopped = fmt.Sprintf("step %d failed", u.index+1)
		}
	}
	if out.Status != Passed {
		p.lose(u)
	}
	p.outcome.Steps[u.index].add(out)
	p.Observe(StepFinished{out})
}

func (p *running) skip(u unit, reason string) {
	p.finish(u, StepOutcome{Step: p.describe(u), Status: Skipped, Reason: reason})
}

// lose notes which variables a step was to capture and did not.
func (p *running) lose(u unit) {
	captures := u.Captures
	for _, inner := range u.Steps {
		captures = append(captures[:len(captures):len(captures)], inner.Captures...)
	}
	for _, c := range captures {
		if _, got := p.engine.Vars[c.Name]; !got {
			p.lost[c.Name] = u.index + 1
		}
	}
}

// unprepared is the outcome of a step that could not be made ready. When it needs
// what an earlier step was to capture, it is skipped instead.
func (p *running) unprepared(step Step, err error) StepOutcome {
	var unset *expr.UnsetError
	if errors.As(err, &unset) {
		if from, ok := p.lost[unset.Name]; ok {
			reason := fmt.Sprintf("it needs %s, which step %d did not capture", expr.InQuotes(unset.Name), from)
			return StepOutcome{Step: step, Status: Skipped, Reason: reason}
		}
	}
	return StepOutcome{Step: step, Status: Failed, Failure: &Failure{Message: p.secrets.Mask(err.Error())}}
}
