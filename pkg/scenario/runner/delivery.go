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

// delivery is one event that is ready to be sent.
type delivery struct {
	unit
	request  deliver.Request
	shown    string // the URL
	limit    time.Duration
	within   time.Duration
	warnings []apizee.Finding // what the contract does not know about the event
	err      error            // why it is not ready after all
}

// prepare makes the bytes of an event and settles where they go.
func (p *running) prepare(u unit) delivery {
	p.engine.Vars[scenario.Counter] = u.round
	d := delivery{unit: u}
	if d.within, d.err = u.Expect.Within.Limit(p.engine); d.err != nil {
		return d
	}
	d.limit = limitFor(u.Expect, d.within, p.options.Timeout)
	if d.request.Target, d.err = p.target(u.Headers); d.err != nil {
		return d
	}
	d.shown = deliver.ShowURL(d.request.URL, false)
	isChecked := u.AllowUndocumented || u.Event != nil && u.Event.Composed != ""
	if d.request.Body, d.err = p.body(u.Step); d.err == nil && !isChecked {
		d.warnings, d.err = p.documented(u.Event, d.request.Body)
	}
	return d
}

// documented checks a body against the contract. What is refused is an error, whose advice
// is for scenarios.
func (p *running) documented(e *scenario.Event, body []byte) (warnings []apizee.Finding, err error) {
	findings := p.scenario.Catalog.Validate(body).Findings
	for _, f := range findings {
		if e.Refuses(f) {
			return nil, fmt.Errorf("%s; allow-undocumented: true sends it anyway", f)
		}
	}
	return findings, nil
}

// limitFor is how long a delivery may take: longer than within, so that it can
// be told how much too slow the response was; but a failure that is meant to
// happen must do so within it.
func limitFor(x *scenario.Expectation, within, timeout time.Duration) time.Duration {
	switch {
	case within == 0 || timeout == 0 && x.Failure == "":
		return timeout
	case x.Failure != "":
		return within
	}
	return max(timeout, within)
}

// deliver sends an event as often as its step and the assumption say.
func (p *running) deliver(ctx context.Context, d delivery) {
	step := p.begin(d.unit)
	if d.err != nil {
		p.finish(d.unit, p.unprepared(step, d.err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	count := p.copiesOf(d.Step)
	for n := range count {
		result := p.send(ctx, d)
		result.N = n + 1
		p.account(&out, d, result, count)
		if out.Status == Skipped {
			break
		}
		if n == 0 && !p.capture(&out, d.unit, result) {
			break
		}
	}
	p.finish(d.unit, out)
}

// copiesOf is how often an event is delivered.
func (p *running) copiesOf(s *scenario.Step) int {
	n := s.Times * p.options.Assume.copies()
	if s.Fault == nil {
		return n
	}
	return s.Fault.Plan(deliver.Options{Count: n}).Count
}

// send makes one delivery of an event, with its fault.
func (p *running) send(ctx context.Context, d delivery) deliver.Result {
	if d.Fault == nil {
		return p.Client.Deliver(ctx, d.request, d.limit)
	}
	if late := d.Fault.Plan(deliver.Options{}).Late; late > 0 {
		// Told to stop meanwhile, the delivery itself says so.
		_ = p.Sleep(ctx, late)
	}
	return p.Faulty(*d.Fault, uint64(p.options.Seed)).Deliver(ctx, d.request, d.limit)
}

// account judges a result and enters it.
func (p *running) account(out *StepOutcome, d delivery, result deliver.Result, count int) {
	if result.Failure == nil || !result.Failure.Kind.IsUnsent() {
		out.Sent++
	}
	if result.Failure == nil {
		out.Answered++
	}
	out.Duration += result.Timings.Total
	if canceled(result) {
		out.Status, out.Reason = Skipped, interrupted
		return
	}
	differences, err := p.judge(d.Expect, d.within, result)
	ok := len(differences) == 0 && err == nil
	p.Observe(Delivered{Step: out.Step, Target: d.shown, Body: p.secrets.Mask(string(d.request.Body)), Warnings: d.warnings, Result: result, OK: ok})
	if ok || out.Status == Failed {
		return
	}
	out.Status = Failed
	out.Failure = p.failure(d.Expect, result, differences, err)
	if count > 1 {
		out.Failure.Message = fmt.Sprintf("delivery %d of %d: %s", result.N, count, out.Failure.Message)
	}
}

func canceled(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindCanceled
}

// together delivers several events at once.
func (p *running) together(ctx context.Context, u unit) {
	ready, err := p.prepareAll(u)
	step := p.begin(u) // only now are the secrets known that its title may hold
	if err != nil {
		p.finish(u, p.unprepared(step, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := p.Now()
	sent := p.inOrder(u, ready)
	results := p.atOnce(ctx, sent)
	for i, result := range results {
		result.N = i + 1
		p.account(&out, sent[i], result, len(sent))
	}
	if out.Status != Skipped {
		for _, d := range ready {
			first := slices.IndexFunc(sent, func(s delivery) bool { return s.Step == d.Step })
			p.capture(&out, d.unit, results[first])
		}
	}
	out.Duration = p.Now().Sub(began)
	p.finish(u, out)
}

func (p *running) prepareAll(u unit) ([]delivery, error) {
	ready := make([]delivery, len(u.Steps))
	for i := range u.Steps {
		if ready[i] = p.prepare(unit{Step: &u.Steps[i], index: u.index, round: u.round}); ready[i].err != nil {
			return nil, ready[i].err
		}
	}
	return ready, nil
}

// inOrder are the deliveries of a together step in the order in which they begin.
func (p *running) inOrder(u unit, ready []delivery) []delivery {
	var sent []delivery
	for range u.Times {
		for _, d := range ready {
			sent = append(sent, slices.Repeat([]delivery{d}, p.copiesOf(d.Step))...)
		}
	}
	switch u.Order {
	case scenario.Reverse:
		slices.Reverse(sent)
	case scenario.Shuffle:
		p.random.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	}
	return sent
}

// atOnce delivers all without waiting for a response, and returns the results in
// the order of the deliveries. Each begins after the one before it began.
func (p *running) atOnce(ctx context.Context, sent []delivery) []deliver.Result {
	results := make([]deliver.Result, len(sent))
	var all sync.WaitGroup
	for i, d := range sent {
		begun := make(chan struct{})
		all.Go(func() {
			close(begun)
			results[i] = p.send(ctx, d)
		})
		<-begun
	}
	all.Wait()
	return results
}
