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
	defaultWithin = 5 * time.Second // when the scenario sets none
	minBackoff    = 50 * time.Millisecond
	maxBackoff    = time.Second
	// finalTimeout is the shortest timeout of an attempt.
	finalTimeout = time.Second
)

// probe repeats a request until the response meets the expectation or the probe times out.
func (run *running) probe(ctx context.Context, rep repetition) {
	d, err := run.prepareProbe(rep)
	step := run.begin(rep) // after the preparation, which finds secrets that the title may hold
	if err != nil {
		run.finish(rep, run.prepareFailed(step, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := run.Now()
	last := run.poll(ctx, d, &out)
	out.Duration = run.Now().Sub(began)
	if out.Status == Passed {
		run.capture(&out, rep, last)
	}
	run.finish(rep, out)
}

func (run *running) prepareProbe(rep repetition) (delivery, error) {
	run.engine.Vars[scenario.Counter] = rep.number
	d := delivery{repetition: rep}
	within, err := rep.Expect.Within.Limit(run.engine)
	if err != nil {
		return d, err
	}
	d.within = cmp.Or(within, defaultWithin)
	if d.request.URL, err = run.url(rep.Probe.URL); err != nil {
		return d, err
	}
	d.request.Method, d.request.Keep = rep.Probe.Method, keptOf(rep.Step)
	if rep.Probe.Body == nil {
		d.request.Headers = []deliver.Header{{Name: "Content-Type", Remove: true}}
	} else if d.request.Body, err = run.content(rep.Probe.Body); err != nil {
		return d, err
	}
	d.request.Headers, err = run.override(d.request.Headers, rep.Headers)
	return d, err
}

// poll sends requests until the expectation is met or the probe times out.
func (run *running) poll(ctx context.Context, d delivery, out *StepOutcome) deliver.Result {
	end := run.Now().Add(d.within)
	var last *response
	for n, pause := 1, minBackoff; ; n, pause = n+1, min(2*pause, maxBackoff) {
		left := end.Sub(run.Now())
		result := run.Client.Deliver(ctx, d.request, max(left, finalTimeout))
		result.Attempt = n
		differences, err := run.evaluate(d.Expect, 0, result)
		ok := len(differences) == 0 && err == nil
		if result.Failure == nil {
			last = &response{result, differences}
		}
		wait := min(pause, end.Sub(run.Now()))
		if ok || wait <= 0 || canceled(result) || err != nil {
			wait = 0
		}
		run.Observe(Probed{Step: out.Step, Method: d.request.Method, Target: run.shown(d), Result: brief(result), Next: wait})
		switch {
		case ok:
			return result
		case canceled(result) || wait > 0 && run.Sleep(ctx, wait) != nil:
			out.Status, out.Reason = Skipped, interrupted
			return result
		case wait == 0:
			if last != nil && isTimeout(result) {
				result, differences = last.result, last.differences
			}
			out.Status, out.Failure = Failed, run.failure(d.Expect, result, differences, err)
			if isTimeout(result) {
				out.Failure.Hint = "find out why the server is slow, or give the probe a longer `within`"
			}
			out.Failure.Request = d.request.Method + " " + run.shown(d)
			if err == nil {
				out.Failure.Message = fmt.Sprintf("timed out after %s (%s): %s", d.within, attempts(n), out.Failure.Message)
			}
			return result
		}
	}
}

// response is the last response, which did not meet the expectation.
type response struct {
	result      deliver.Result
	differences []Difference
}

// isTimeout reports whether an attempt timed out.
func isTimeout(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindTimeout
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}
