package scenario

import (
	"context"
	"slices"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// together delivers several events at once.
func (p *playing) together(ctx context.Context, u unit) {
	ready, err := p.prepareAll(u)
	step := p.begin(u) // only now are the secrets known that its title may hold
	if err != nil {
		p.finish(u, p.failed(step, u, err))
		return
	}
	out := StepOutcome{Step: step, Status: Passed}
	began := p.runner.Now()
	sent := p.copies(u, ready)
	results := p.atOnce(ctx, sent)
	for i, result := range results {
		result.N = i + 1
		p.account(&out, sent[i], result, len(sent))
	}
	if out.Status != Skipped {
		p.captureAll(&out, u, sent, results)
	}
	out.Duration = p.runner.Now().Sub(began)
	p.finish(u, out)
}

func (p *playing) prepareAll(u unit) ([]delivery, error) {
	ready := make([]delivery, len(u.steps))
	for i := range u.steps {
		if ready[i] = p.prepare(unit{&u.steps[i], u.index, u.round}); ready[i].err != nil {
			return nil, ready[i].err
		}
	}
	return ready, nil
}

// copies are the deliveries of a together step in the order in which they begin.
func (p *playing) copies(u unit, ready []delivery) []delivery {
	var sent []delivery
	for range max(u.times, 1) {
		for _, d := range ready {
			for range p.copiesOf(d.step) {
				sent = append(sent, d)
			}
		}
	}
	switch u.order {
	case reverse:
		slices.Reverse(sent)
	case shuffle:
		p.random.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	}
	return sent
}

// atOnce delivers all without waiting for a reply, and returns the results in
// the order of the deliveries. Each begins after the one before it began.
func (p *playing) atOnce(ctx context.Context, sent []delivery) []deliver.Result {
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

// captureAll takes the values of each step from its first delivery.
func (p *playing) captureAll(out *StepOutcome, u unit, sent []delivery, results []deliver.Result) {
	for i := range u.steps {
		inner := &u.steps[i]
		first := slices.IndexFunc(sent, func(d delivery) bool { return d.step == inner })
		p.capture(out, unit{inner, u.index, u.round}, results[first])
	}
}
