package runner

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// delivery is a prepared delivery of an event, or a prepared probe.
type delivery struct {
	repetition
	request  deliver.Request
	timeout  time.Duration
	within   time.Duration
	warnings []apizee.Finding // about what is undocumented in the event
	err      error            // why the preparation failed
}

// shown returns the URL of a delivery, with secrets masked.
func (run *running) shown(d delivery) string {
	return run.Secrets.Mask(deliver.ShowURL(d.request.URL, false))
}

// prepare builds the event and chooses its target.
func (run *running) prepare(rep repetition) delivery {
	run.engine.Vars[scenario.Counter] = rep.number
	d := delivery{repetition: rep}
	if d.within, d.err = rep.Expect.Within.Limit(run.engine); d.err != nil {
		return d
	}
	d.timeout = timeoutFor(rep.Expect, d.within, run.options.Timeout)
	if d.request.Target, d.err = run.target(rep.Headers); d.err != nil {
		return d
	}
	if rep.part == 0 { // of the parts, all responses are kept until the last has come
		d.request.Keep = keptOf(rep.Step)
	}
	isValid := rep.AllowUndocumented || rep.Event != nil && rep.Event.Composed != ""
	if d.request.Body, d.err = run.body(rep.Step); d.err == nil && !isValid {
		d.warnings, d.err = run.validate(rep.Event, d.request.Body)
	}
	return d
}

// validate checks a body against the documented contract.
func (run *running) validate(e *scenario.Event, body []byte) (warnings []apizee.Finding, err error) {
	findings := run.scenario.Catalog.Validate(body).Findings
	for _, f := range findings {
		if e.IsInvalid(f) {
			return nil, fmt.Errorf("%s; allow-undocumented: true sends it anyway", f)
		}
	}
	return findings, nil
}

// timeoutFor returns the timeout of a delivery: at least within, so that a slow response can be
// measured; but an expected failure must happen within it.
func timeoutFor(x *scenario.Expectation, within, timeout time.Duration) time.Duration {
	switch {
	case within == 0 || timeout == 0 && x.Failure == "":
		return timeout
	case x.Failure != "":
		return within
	}
	return max(timeout, within)
}

// deliver sends an event as often as its step and the assumption require.
func (run *running) deliver(ctx context.Context, d delivery) {
	step := run.begin(d.repetition)
	if d.err != nil {
		run.finish(d.repetition, run.prepareFailed(step, d.err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	count, failed := run.copiesOf(d.Step), 0
	for n := range count {
		result := run.send(ctx, d)
		result.N = n + 1
		if !run.addResult(&out, d, result, count) {
			failed++
		}
		if canceled(result) {
			break
		}
		if n == 0 && !run.capture(&out, d.repetition, result) {
			break
		}
	}
	out.countFailed(failed, count)
	run.finish(d.repetition, out)
}

// copiesOf returns how often an event is delivered.
func (run *running) copiesOf(s *scenario.Step) int {
	n := s.Times * run.options.Assume.copies()
	if s.Fault == nil {
		return n
	}
	return s.Fault.Plan(deliver.Options{Count: n}).Count
}

// send makes one delivery of an event, with its fault.
func (run *running) send(ctx context.Context, d delivery) deliver.Result {
	if d.Fault == nil {
		return run.Client.Deliver(ctx, d.request, d.timeout)
	}
	if late := d.Fault.Plan(deliver.Options{}).Late; late > 0 {
		// When the context ends meanwhile, the delivery reports it.
		_ = run.Sleep(ctx, late)
	}
	return run.Faulty(*d.Fault, uint64(run.options.Seed)).Deliver(ctx, d.request, d.timeout)
}

// addResult evaluates a result and adds it to the outcome of its step. It reports whether the
// expectations were met.
func (run *running) addResult(out *StepOutcome, d delivery, result deliver.Result, count int) bool {
	if result.Failure == nil || !result.Failure.Kind.IsUnsent() {
		out.Sent++
	}
	if result.Failure == nil {
		out.Responses++
	}
	out.Duration += result.Timings.Total
	if canceled(result) {
		if out.Status != Failed {
			out.Status, out.Reason = Skipped, interrupted
		}
		return true
	}
	differences, err := run.evaluate(d.Expect, d.within, result)
	run.Observe(Delivered{Target: run.shown(d), Body: run.Secrets.Mask(string(d.request.Body)), Warnings: d.warnings, Result: brief(result)})
	ok := len(differences) == 0 && err == nil
	if ok || out.Status == Failed {
		return ok
	}
	out.Status, out.Reason = Failed, ""
	out.Failure = run.failure(d.Expect, result, differences, err)
	if count > 1 {
		out.Failure.Message = fmt.Sprintf("delivery %d of %d: %s", result.N, count, out.Failure.Message)
	}
	run.blame(out.Failure, d.repetition)
	return false
}

// blame says in a failure which part of a together step failed.
func (run *running) blame(f *Failure, rep repetition) {
	if rep.part == 0 || f == nil {
		return
	}
	part := run.describe(rep)
	f.Part, f.Message = &part, fmt.Sprintf("%d.%d %s: %s", part.N, rep.part, part.Title, f.Message)
}

func canceled(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindCanceled
}

// together delivers several events concurrently.
func (run *running) together(ctx context.Context, rep repetition) {
	ready := run.prepareAll(rep)
	step := run.begin(rep) // after the preparation, which finds secrets that the title may hold
	if last := ready[len(ready)-1]; last.err != nil {
		out := run.prepareFailed(step, last.err)
		run.blame(out.Failure, last.repetition)
		run.finish(rep, out)
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := run.Now()
	sent := run.ordered(rep, ready)
	results := run.concurrently(ctx, sent)
	failed := map[int]bool{}
	for i, result := range results {
		result.N = i + 1
		if !run.addResult(&out, sent[i], result, len(sent)) {
			failed[i] = true
		}
	}
	if !slices.ContainsFunc(results, canceled) {
		for _, d := range ready {
			first := slices.IndexFunc(sent, func(s delivery) bool { return s.Step == d.Step })
			if !run.capture(&out, d.repetition, results[first]) {
				failed[first] = true
			}
		}
	}
	out.countFailed(len(failed), len(sent))
	out.Duration = run.Now().Sub(began)
	run.finish(rep, out)
}

// prepareAll prepares the parts of a together step, up to the first that fails.
func (run *running) prepareAll(rep repetition) []delivery {
	var ready []delivery
	for i := range rep.Steps {
		part := repetition{Step: &rep.Steps[i], index: rep.index, number: rep.number, part: i + 1}
		var err error
		if part.name, err = run.engine.Text(part.Name); err != nil {
			return append(ready, delivery{repetition: part, err: fmt.Errorf("name: %w", err)})
		}
		ready = append(ready, run.prepare(part))
		if ready[i].err != nil {
			return ready
		}
	}
	return ready
}

// ordered returns the deliveries of a together step in the order in which they begin.
func (run *running) ordered(rep repetition, ready []delivery) []delivery {
	var sent []delivery
	for range rep.Times {
		for _, d := range ready {
			sent = append(sent, slices.Repeat([]delivery{d}, run.copiesOf(d.Step))...)
		}
	}
	switch rep.Order {
	case scenario.Reverse:
		slices.Reverse(sent)
	case scenario.Shuffle:
		run.random.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	}
	return sent
}

// concurrently starts each delivery after the previous one has started, without waiting for
// responses, and returns the results in the order of the deliveries.
func (run *running) concurrently(ctx context.Context, sent []delivery) []deliver.Result {
	results := make([]deliver.Result, len(sent))
	var all sync.WaitGroup
	for i, d := range sent {
		begun := make(chan struct{})
		all.Go(func() {
			close(begun)
			results[i] = run.send(ctx, d)
		})
		<-begun
	}
	all.Wait()
	return results
}
