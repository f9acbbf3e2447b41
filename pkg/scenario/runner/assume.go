package runner

import (
	"cmp"
	"context"
	"slices"
)

// Assumption is an assumption about how Apizee delivers events. The documentation says only that
// deliveries are asynchronous.
type Assumption string

const (
	Once      Assumption = "once"      // each event once, in order
	Duplicate Assumption = "duplicate" // each event twice, with the same bytes
	Shuffle   Assumption = "shuffle"   // out of order, in groups of up to four
	Late      Assumption = "late"      // out of order, in reversed pairs
)

// Assumptions returns all assumptions, the mildest first.
func Assumptions() []Assumption { return []Assumption{Once, Duplicate, Shuffle, Late} }

// Advice returns what an endpoint must do under the assumption; "" means nothing special.
func (a Assumption) Advice() string {
	switch a {
	case Duplicate:
		return "ignore an event that has arrived before: the same object, id, event and time"
	case Shuffle, Late:
		return "keep the `time` of each object's last event, and ignore events that are older"
	}
	return ""
}

// copies returns how often an event is delivered.
func (a Assumption) copies() int {
	if a == Duplicate {
		return 2
	}
	return 1
}

func (a Assumption) reorders() bool { return a.window() > 1 }

// window returns how many successive events can be out of order.
func (a Assumption) window() int {
	switch a {
	case Shuffle:
		return 4
	case Late:
		return 2
	}
	return 1
}

// buffer keeps an event until the window is full. It is built now, since this is when it
// happens; only its delivery waits.
func (run *running) buffer(ctx context.Context, rep repetition) {
	run.buffered = append(run.buffered, run.prepare(rep))
	if len(run.buffered) == run.options.Assume.window() {
		run.flush(ctx)
	}
}

// flush delivers the buffered events, never in the order in which they happened.
func (run *running) flush(ctx context.Context) {
	buffered := run.buffered
	run.buffered = nil
	switch {
	case run.options.Assume == Late:
		slices.Reverse(buffered)
	case len(buffered) > 1:
		run.shuffle(buffered)
	}
	for _, d := range buffered {
		if run.isStopped(ctx) {
			run.skip(d.repetition, run.stopped)
			continue
		}
		run.deliver(ctx, d)
	}
}

func (run *running) shuffle(buffered []delivery) {
	for {
		run.random.Shuffle(len(buffered), func(i, j int) { buffered[i], buffered[j] = buffered[j], buffered[i] })
		sorted := slices.IsSortedFunc(buffered, func(a, b delivery) int {
			return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(a.number, b.number))
		})
		if !sorted {
			return
		}
	}
}
