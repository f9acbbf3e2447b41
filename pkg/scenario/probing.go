package scenario

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

const (
	probeWithin  = 5 * time.Second // when the scenario does not say
	firstBackoff = 50 * time.Millisecond
	mostBackoff  = time.Second
	// lastTry is how long the try at the end of the time may take.
	lastTry = time.Second
)

// probe asks again and again until the reply is as expected.
func (p *playing) probe(ctx context.Context, u unit) {
	d, err := p.prepareProbe(u)
	step := p.begin(u) // only now are the secrets known that its title may hold
	if err != nil {
		p.finish(u, p.failed(step, u, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := p.runner.Now()
	last := p.poll(ctx, d, &out)
	out.Duration = p.runner.Now().Sub(began)
	if out.Status == Passed {
		p.capture(&out, u, last)
	}
	p.finish(u, out)
}

func (p *playing) prepareProbe(u unit) (delivery, error) {
	e := p.maker.engine
	e.vars[counterName] = u.round
	d := delivery{unit: u}
	within, err := u.expect.within.limit(e)
	if err != nil {
		return d, err
	}
	d.within = cmp.Or(within, probeWithin)
	if d.request.URL, err = p.parseURL(u.step.probe.url); err != nil {
		return d, err
	}
	d.shown = p.secrets.Mask(deliver.ShowURL(d.request.URL, false))
	if d.request.Headers, err = p.render(u.headers); err != nil {
		return d, err
	}
	d.request.Method = u.step.probe.method
	if content := u.step.probe.body; content != nil {
		d.request.Body, err = content.content(e, content.isText())
		return d, err
	}
	none := []deliver.Header{{Name: "Content-Type", Remove: true}}
	d.request.Headers = deliver.Override(none, d.request.Headers)
	return d, nil
}

// poll tries until the expectations hold or the time is over.
func (p *playing) poll(ctx context.Context, d delivery, out *StepOutcome) deliver.Result {
	end := p.runner.Now().Add(d.within)
	var answered *attempt // the last one
	for try, pause := 1, firstBackoff; ; try, pause = try+1, min(2*pause, mostBackoff) {
		left := end.Sub(p.runner.Now())
		result := p.runner.Client.Deliver(ctx, d.request, max(left, lastTry))
		result.Attempt = try
		differences, err := p.judge(d.expect, 0, result)
		ok := len(differences) == 0 && err == nil
		if result.Failure == nil {
			answered = &attempt{result, differences}
		}
		wait := min(pause, end.Sub(p.runner.Now()))
		if ok || wait <= 0 || canceled(result) || err != nil {
			wait = 0
		}
		p.runner.Observe(Probed{Step: out.Step, Method: d.request.Method, Target: d.shown, Result: result, Next: wait, OK: ok})
		switch {
		case ok:
			return result
		case canceled(result) || wait > 0 && p.runner.Sleep(ctx, wait) != nil:
			out.Status, out.Reason = Skipped, interrupted
			return result
		case wait == 0:
			if answered != nil && isTimeout(result) {
				result, differences = answered.result, answered.differences
			}
			out.Status, out.Failure = Failed, p.failure(d.expect, result, differences, err)
			if isTimeout(result) {
				out.Failure.Hint = "look at what keeps the server busy, or give the probe longer with within"
			}
			out.Failure.Request = d.request.Method + " " + d.shown
			out.Failure.Message = fmt.Sprintf("not within %s, in %s: %s", d.within, tries(try), out.Failure.Message)
			return result
		}
	}
}

// attempt is a try that was answered, but not as expected.
type attempt struct {
	result      deliver.Result
	differences []Difference
}

// isTimeout tells a try that the end of the time cut short.
func isTimeout(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindTimeout
}

func tries(n int) string {
	if n == 1 {
		return "one try"
	}
	return fmt.Sprintf("%d tries", n)
}
