package runner

import (
	"context"
	"slices"
)

// Assumption is how deliveries happen, of which the documentation of Apizee says
// only that they are asynchronous.
type Assumption string

const (
	Once      Assumption = "once"      // each event arrives once, and in order
	Duplicate Assumption = "duplicate" // each arrives twice, with the same bytes
	Shuffle   Assumption = "shuffle"   // up to four in a row arrive in another order
	Late      Assumption = "late"      // each second event arrives before the first
)

// Assumptions are all of them, from the kindest on.
func Assumptions() []Assumption { return []Assumption{Once, Duplicate, Shuffle, Late} }

// Advice is what an endpoint does to bear it; "" where there is nothing to say.
func (a Assumption) Advice() string {
	switch a {
	case Duplicate:
		return "ignore an event that has arrived before: the same object, id, event and time"
	case Shuffle, Late:
		return "keep the `time` of each object's last event, and ignore events that are older"
	}
	return ""
}

// copies is how often an event arrives.
func (a Assumption) copies() int {
	if a == Duplicate {
		return 2
	}
	return 1
}

func (a Assumption) reorders() bool { return a.window() > 1 }

// window is how many events can change places.
func (a Assumption) window() int {
	switch a {
	case Shuffle:
		return 4
	case Late:
		return 2
	}
	return 1
}

// hold keeps an event back until the window is full. It is made now, because
// that is when it happened; only its delivery waits.
func (p *running) hold(ctx context.Context, u unit) {
	p.held = append(p.held, p.prepare(u))
	if len(p.held) == p.options.Assume.window() {
		p.release(ctx)
	}
}

// release delivers what was held back, in an order that is never that in
// which it happened.
func (p *running) release(ctx context.Context) {
	held := p.held
	p.held = nil
	switch {
	case p.options.Assume == Late:
		slices.Reverse(held)
	case len(held) > 1:
		p.disorder(held)
	}
	for _, d := range held {
		if ctx.Err() != nil && p.stopped == "" {
			p.stopped = interrupted
		}
		if p.stopped != "" {
			p.skip(d.unit, p.stopped)
			continue
		}
		p.deliver(ctx, d)
	}
}

func (p *running) disorder(held []delivery) {
	for {
		p.random.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		sorted := slices.IsSortedFunc(held, func(a, b delivery) int {
			if a.index != b.index {
				return a.index - b.index
			}
			return a.round - b.round
		})
		if !sorted {
			return
		}
	}
}
