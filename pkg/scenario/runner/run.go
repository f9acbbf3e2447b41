// Package runner runs scenarios: it delivers their events in order, checks the responses
// against the expectations, and probes the endpoint for what it did.
//
// [Runner.Run] runs one scenario against a target, reports progress to an observer, and
// returns an [Outcome]. A [Plan] lists the runs of several scenarios.
//
// The package depends on neither terminals nor flags, and receives no events. Clock, sleep,
// random seed and HTTP client are passed in.
package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
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
	// Faulty returns a client that injects a fault; the seed makes it repeatable.
	Faulty func(fault.Fault, uint64) *deliver.Client
	Now    func() time.Time
	// Sleep waits, or returns the context's error when that ends first.
	Sleep func(context.Context, time.Duration) error
	// Advise returns the hint for a failed delivery; nil means the failure's own.
	Advise func(*deliver.Failure) string
	// Secrets are the known secrets, to which a run adds its own; nil means none.
	Secrets *redact.Secrets
	// Observe is called for each event, by one goroutine at a time; nil means not at all.
	Observe func(Event)
}

// Options are the options of one run.
type Options struct {
	// To overrides the target of the scenario; nil means that target, or Fallback when
	// the scenario has none.
	To, Fallback *url.URL
	// Headers are sent with every delivery. They override the headers of the scenario, and
	// those override FallbackHeaders; the headers of a step override all.
	Headers, FallbackHeaders []deliver.Header
	// Timeout is the timeout of a delivery; 0 means none.
	Timeout  time.Duration
	Seed     int64 // the random seed
	FailFast bool  // stop at the first failure
	// Assume is how events are delivered; "" means as the scenario says.
	Assume Assumption

	timeline *timeline // shared by the runs of a plan; nil means a new one
}

// running is a run in progress.
type running struct {
	Runner
	scenario *scenario.Scenario
	options  Options
	outcome  Outcome
	engine   *expr.Engine
	sources  payload.Sources // for templates
	at       time.Time       // the time of the event being built; zero between events
	random   *rand.Rand      // for shuffling; generated ids have a source of their own
	to       *url.URL        // nil means the target of the scenario
	// uncaptured maps each variable that a step failed to capture to the step's number.
	uncaptured map[string]int
	buffered   []delivery // see buffer
	// stopped is why the remaining steps are skipped; "" while the run goes on.
	stopped string
}

// interrupted is the reason when the context of a run ends.
const interrupted = "interrupted"

// Run runs a scenario to its end, even when steps fail. A step that uses a variable that an
// earlier step failed to capture is skipped. When ctx ends, the remaining steps are skipped.
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
	run := &running{
		Runner: r, scenario: s, options: o,
		random:     rand.New(rand.NewPCG(uint64(o.Seed), 0)),
		uncaptured: map[string]int{},
		outcome: Outcome{
			File: s.File, Assumption: o.Assume, Seed: o.Seed, Start: r.Now(),
			Steps: make([]StepOutcome, len(s.Steps)),
		},
	}
	ids, count := rand.New(rand.NewPCG(uint64(o.Seed), 1)), int64(0)
	run.sources = payload.Sources{
		Now: run.now, Random: ids.Uint64,
		Next: func() int64 { count++; return count },
	}
	run.engine = expr.New(run.sources)
	run.steps(ctx, run.start())
	run.outcome.Duration = r.Now().Sub(run.outcome.Start)
	return run.outcome
}

// now is the time that templates and expressions see: while an event is built, its own time.
func (run *running) now() time.Time {
	if run.at.IsZero() {
		return run.Now()
	}
	return run.at
}

// start chooses the target and sets the variables to their initial values. The error is about a
// variable.
func (run *running) start() error {
	run.Secrets.Add(run.scenario.Secrets...)
	for _, h := range slices.Concat(run.options.Headers, run.options.FallbackHeaders) {
		run.Secrets.AddHeader(h.Name, h.Value)
	}
	if run.to = run.options.To; run.to == nil && !run.scenario.HasTarget() {
		run.to = run.options.Fallback
	}
	if run.to != nil {
		run.Secrets.AddURL(run.to)
	}
	run.engine.Vars[scenario.Counter] = 1
	for _, v := range run.scenario.Vars {
		raw, err := run.engine.JSON(&v.Value)
		if err != nil {
			return fmt.Errorf("the variable %s has no value: %w", expr.Quote(v.Name), err)
		}
		run.set(v.Name, payload.Decode(raw))
	}
	return nil
}

// set sets a variable. The value is a secret when the name suggests it.
func (run *running) set(name string, value any) {
	run.engine.Vars[name] = value
	if !redact.IsSecret(name) {
		return
	}
	if text, err := payload.Text(value); err == nil {
		run.Secrets.Add(text)
	}
}

// repetition is one repetition of one step.
type repetition struct {
	*scenario.Step
	index  int    // of the step
	number int    // from 1
	name   string // with the results of its expressions
	part   int    // number of the step in its together step, from 1; else 0
}

// steps runs every repetition of every step. An error fails the first one, and stops the run.
func (run *running) steps(ctx context.Context, invalid error) {
	for i := range run.scenario.Steps {
		s := &run.scenario.Steps[i]
		for n := range s.Repeat {
			rep := repetition{Step: s, index: i, number: n + 1}
			run.engine.Vars[scenario.Counter] = rep.number
			var err error
			rep.name, err = run.engine.Text(s.Name)
			if run.isStopped(ctx) {
				run.skip(rep, run.stopped)
				break // skips the other repetitions too
			}
			if invalid != nil {
				out := run.prepareFailed(run.begin(rep), invalid)
				run.finish(rep, out)
				run.stopped = out.Failure.Message
				break
			}
			if err != nil {
				run.finish(rep, run.prepareFailed(run.begin(rep), fmt.Errorf("name: %w", err)))
				continue
			}
			run.step(ctx, rep)
		}
	}
	run.flush(ctx)
}

// isStopped reports whether the remaining steps are skipped.
func (run *running) isStopped(ctx context.Context) bool {
	if ctx.Err() != nil && run.stopped == "" {
		run.stopped = interrupted
	}
	return run.stopped != ""
}

func (run *running) step(ctx context.Context, rep repetition) {
	if rep.Kind.Delivers() && run.options.Assume.reorders() && len(rep.Captures) == 0 {
		run.buffer(ctx, rep)
		return
	}
	if rep.Kind == scenario.Pause {
		run.pause(ctx, rep)
		return
	}
	run.flush(ctx)
	if run.isStopped(ctx) {
		run.skip(rep, run.stopped)
		return
	}
	switch rep.Kind {
	case scenario.Together:
		run.together(ctx, rep)
	case scenario.Probe:
		run.probe(ctx, rep)
	default:
		run.deliver(ctx, run.prepare(rep))
	}
}

func (run *running) pause(ctx context.Context, rep repetition) {
	step := run.begin(rep)
	began := run.Now()
	wait, err := rep.Pause.Value(run.engine)
	if err != nil {
		run.finish(rep, run.prepareFailed(step, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	if run.Sleep(ctx, wait) != nil {
		out.Status, out.Reason = Skipped, interrupted
	}
	out.Duration = run.Now().Sub(began)
	run.finish(rep, out)
}

// begin notifies the observer that a step begins, and returns its description.
func (run *running) begin(rep repetition) Step {
	step := run.describe(rep)
	run.Observe(StepStarted{step})
	return step
}

func (run *running) describe(rep repetition) Step {
	run.engine.Vars[scenario.Counter] = rep.number
	title, caseName := run.titles(rep)
	return Step{
		N: rep.index + 1, Kind: rep.Kind, Title: run.Secrets.Mask(title), CaseName: run.Secrets.Mask(caseName),
		File: run.scenario.File, Line: rep.Line, Column: rep.Column,
		Repetition: rep.number, Repetitions: rep.Repeat,
	}
}

// titles are the title of a step and that in reports: its name, or what it does. Expressions that fail stay as
// written.
func (run *running) titles(rep repetition) (title, caseName string) {
	switch {
	case rep.Name != "":
		name := cmp.Or(rep.name, rep.Name)
		return name, name
	case rep.Kind == scenario.Probe:
		target, err := run.engine.Text(rep.Probe.URL)
		if err != nil {
			target = rep.Probe.URL
		}
		probe := "probe " + rep.Probe.Method + " "
		return probe + redact.URL(target), probe + redact.URL(rep.Probe.URL)
	}
	return rep.Summary, rep.Summary
}

// finish ends a repetition that began.
func (run *running) finish(rep repetition, out StepOutcome) {
	out.Repetitions = 1
	if out.Status == Failed {
		out.FailedRepetitions = 1
		if run.options.FailFast && run.stopped == "" {
			run.stopped = fmt.Sprintf("step %d failed", rep.index+1)
		}
	}
	run.add(rep, out)
}

// add adds the outcome of a repetition to its step, and notifies the observer.
func (run *running) add(rep repetition, out StepOutcome) {
	if out.Status != Passed {
		run.noteUncaptured(rep)
	}
	run.outcome.Steps[rep.index].add(out)
	run.Observe(StepFinished{out})
}

// skip ends a repetition that did not begin.
func (run *running) skip(rep repetition, reason string) {
	run.add(rep, StepOutcome{Step: run.describe(rep), Status: Skipped, Reason: reason})
}

// noteUncaptured records which variables a step should have captured and did not.
func (run *running) noteUncaptured(rep repetition) {
	captures := rep.Captures
	for _, inner := range rep.Steps {
		captures = append(captures[:len(captures):len(captures)], inner.Captures...)
	}
	for _, c := range captures {
		if _, got := run.engine.Vars[c.Name]; !got {
			run.uncaptured[c.Name] = rep.index + 1
		}
	}
}

// prepareFailed is the outcome of a step that could not be prepared: skipped when it uses a
// variable that an earlier step failed to capture, else failed.
func (run *running) prepareFailed(step Step, err error) StepOutcome {
	var unset *expr.UnsetError
	if errors.As(err, &unset) {
		if from, ok := run.uncaptured[unset.Name]; ok {
			reason := fmt.Sprintf("step %d did not capture %s", from, expr.Quote(unset.Name))
			return StepOutcome{Step: step, Status: Skipped, Reason: reason}
		}
	}
	return StepOutcome{Step: step, Status: Failed, Failure: &Failure{Message: run.Secrets.Mask(err.Error())}}
}
