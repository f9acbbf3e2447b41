package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// delivery is one event that is ready to be sent.
type delivery struct {
	unit
	request deliver.Request
	shown   string // the URL
	limit   time.Duration
	within  time.Duration
	notices []apizee.Finding // what the contract does not know about the event
	err     error            // why it is not ready after all
}

// prepare makes the bytes of an event and settles where they go.
func (p *playing) prepare(u unit) delivery {
	p.maker.vars[counterName] = u.round
	d := delivery{unit: u}
	if d.within, d.err = u.expect.within.limit(p.maker.engine); d.err != nil {
		return d
	}
	d.limit = limitFor(u.expect, d.within, p.options.Timeout)
	if d.request.Target, d.shown, d.err = p.target(u.headers); d.err != nil {
		return d
	}
	if d.request.Body, d.err = u.body.make(&p.maker); d.err != nil || u.undocumented || u.isChecked() {
		return d
	}
	d.notices, d.err = documented(p.scenario.catalog, d.request.Body)
	return d
}

// isChecked tells whether all of an event was held against the contract when the
// file was read, and nothing found.
func (s *step) isChecked() bool {
	e, ok := s.body.(*event)
	return ok && e.fixed != nil && e.sound
}

// documented holds a body against the contract. What breaks it is an error, whose advice
// is for scenarios.
func documented(c *apizee.Catalog, body []byte) (notices []apizee.Finding, err error) {
	findings := c.Validate(body).Findings
	for _, f := range findings {
		if f.Severity == apizee.Error {
			return nil, fmt.Errorf("%s; allow-undocumented: true sends it anyway", f)
		}
	}
	return findings, nil
}

// limitFor is how long a delivery may take: longer than within, so that it can
// be told how much too slow the reply was; but a failure that is meant to
// happen must do so within it.
func limitFor(x *expectation, within, timeout time.Duration) time.Duration {
	switch {
	case within == 0 || timeout == 0 && x.failure == "":
		return timeout
	case x.failure != "":
		return within
	}
	return max(timeout, within)
}

// deliver sends an event as often as its step and the assumption say.
func (p *playing) deliver(ctx context.Context, d delivery) {
	step := p.begin(d.unit)
	if d.err != nil {
		p.finish(d.unit, p.failed(step, d.unit, d.err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	count := p.copiesOf(d.step)
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

// account judges a result and enters it.
func (p *playing) account(out *StepOutcome, d delivery, result deliver.Result, count int) {
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
	differences, err := p.judge(d.unit.expect, d.within, result)
	ok := len(differences) == 0 && err == nil
	p.runner.Observe(Delivered{Step: out.Step, Target: d.shown, Body: p.secrets.Mask(string(d.request.Body)), Notices: d.notices, Result: result, OK: ok})
	if ok || out.Status == Failed {
		return
	}
	out.Status = Failed
	out.Failure = p.failure(d.unit.expect, result, differences, err)
	if count > 1 {
		out.Failure.Message = fmt.Sprintf("delivery %d of %d: %s", result.N, count, out.Failure.Message)
	}
}

func canceled(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindCanceled
}
