package scenario

import (
	"errors"
	"fmt"
)

// begin tells the observer that a step begins, and says which it is.
func (p *playing) begin(u unit) Step {
	p.maker.vars[counterName] = u.round
	step := p.describe(u)
	p.runner.Observe(StepStarted{step})
	return step
}

func (p *playing) describe(u unit) Step {
	return Step{
		N: u.index + 1, Of: len(p.scenario.steps), Kind: string(u.kind), Title: p.secrets.Mask(u.title(p.maker.engine)),
		File: p.scenario.File, Line: int(u.line), Column: int(u.column),
		Round: u.round, Rounds: max(u.repeat, 1),
	}
}

// finish enters what became of a round, and tells the observer.
func (p *playing) finish(u unit, out StepOutcome) {
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
	p.runner.Observe(StepFinished{out})
}

// add puts a round to those before it.
func (s *StepOutcome) add(out StepOutcome) {
	if s.Rounds == 0 {
		*s = out
		return
	}
	s.Step = out.Step
	s.Rounds += out.Rounds
	s.FailedRounds += out.FailedRounds
	s.Sent += out.Sent
	s.Answered += out.Answered
	s.Duration += out.Duration
	if s.Status == Failed || out.Status == Passed {
		return // one failed round makes a failed step
	}
	s.Status, s.Failure, s.Reason = out.Status, out.Failure, out.Reason
}

func (p *playing) skip(u unit, reason string) {
	p.maker.vars[counterName] = u.round
	p.finish(u, StepOutcome{Step: p.describe(u), Status: Skipped, Reason: reason})
}

// lose takes away what a step was to capture.
func (p *playing) lose(u unit) {
	forget := func(captures []capture) {
		for _, c := range captures {
			if _, got := p.maker.vars[c.name]; !got {
				p.lost[c.name] = u.index + 1
			}
		}
	}
	forget(u.captures)
	for i := range u.steps {
		forget(u.steps[i].captures)
	}
}

// failed is the outcome of a step that could not be made ready. When it needs
// what an earlier step was to capture, it is skipped instead.
func (p *playing) failed(step Step, u unit, err error) StepOutcome {
	var unset *unsetError
	if errors.As(err, &unset) {
		if from, ok := p.lost[unset.name]; ok {
			reason := fmt.Sprintf("it needs %s, which step %d did not capture", quote(unset.name), from)
			return StepOutcome{Step: step, Status: Skipped, Reason: reason}
		}
	}
	return StepOutcome{Step: step, Status: Failed, Failure: &Failure{Message: p.secrets.Mask(err.Error())}}
}
