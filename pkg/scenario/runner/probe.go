package runner

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

const (
	probeWithin  = 5 * time.Second // when the scenario does not say
	firstBackoff = 50 * time.Millisecond
	mostBackoff  = time.Second
	// lastTry is how long the try at the end of the time may take.
	lastTry = time.Second
)

// probe repeats a request until the response is as expected, or the time is over.
func (p *running) probe(ctx context.Context, u unit) {
	d, err := p.prepareProbe(u)
	step := p.begin(u) // only now are the secrets known that its title may hold
	if err != nil {
		p.finish(u, p.unprepared(step, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := p.Now()
	last := p.poll(ctx, d, &out)
	out.Duration = p.Now().Sub(began)
	if out.Status == Passed {
		p.capture(&out, u, last)
	}
	p.finish(u, out)
}

func (p *running) prepareProbe(u unit) (delivery, error) {
	p.engine.Vars[scenario.Counter] = u.round
	d := delivery{unit: u}
	within, err := u.Expect.Within.Limit(p.engine)
	if err != nil {
		return d, err
	}
	d.within = cmp.Or(within, probeWithin)
	if d.request.URL, err = p.url(u.Probe.URL); err != nil {
		return d, err
	}
	d.shown = p.secrets.Mask(deliver.ShowURL(d.request.URL, false))
	d.request.Method = u.Probe.Method
	if u.Probe.Body == nil {
		d.request.Headers = []deliver.Header{{Name: "Content-Type", Remove: true}}
	} else if d.request.Body, err = p.content(u.Probe.Body); err != nil {
		return d, err
	}
	d.request.Headers, err = p.override(d.request.Headers, u.Headers)
	return d, err
}

// poll tries until the expectations hold or the time is over.
func (p *running) poll(ctx context.Context, d delivery, out *StepOutcome) deliver.Result {
	end := p.Now().Add(d.within)
	var answered *attempt // the last one
	for try, pause := 1, firstBackoff; ; try, pause = try+1, min(2*pause, mostBackoff) {
		left := end.Sub(p.Now())
		result := p.Client.Deliver(ctx, d.request, max(left, lastTry))
		result.Attempt = try
		differences, err := p.judge(d.Expect, 0, result)
		ok := len(differences) == 0 && err == nil
		if result.Failure == nil {
			answered = &attempt{result, differences}
		}
		wait := min(pause, end.Sub(p.Now()))
		if ok || wait <= 0 || canceled(result) || err != nil {
			wait = 0
		}
		p.Observe(Probed{Step: out.Step, Method: d.request.Method, Target: d.shown, Result: result, Next: wait, OK: ok})
		switch {
		case ok:
			return result
		case canceled(result) || wait > 0 && p.Sleep(ctx, wait) != nil:
			out.Status, out.Reason = Skipped, interrupted
			return result
		case wait == 0:
			if answered != nil && isTimeout(result) {
				result, differences = answered.result, answered.differences
			}
			out.Status, out.Failure = Failed, p.failure(d.Expect, result, differences, err)
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
