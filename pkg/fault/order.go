package fault

import (
	"iter"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

const (
	// lateBy is the delay of a delivery.
	lateBy = 5 * time.Second

	// In a stream, every heldEvery-th delivery is held back until heldFor others were sent.
	heldEvery, heldFor = 5, 10
)

// Plan returns the options of a series with the fault. All deliveries of a series have the same
// request, so that reorder has no effect; see Arrange.
func (f Fault) Plan(options deliver.Options) deliver.Options {
	switch f.Name {
	case duplicate:
		options.Count = 2 * max(options.Count, 1)
	case delay:
		options.Late += lateBy
	}
	return options
}

// Reorders reports whether the fault has an effect on deliveries of different events only.
func (f Fault) Reorders() bool { return f.Name == reorder }

// Arrange returns a sequence of different deliveries with a fault. None is lost. The source
// must not change values after it has yielded them.
func Arrange[T any](f Fault, source iter.Seq[T]) iter.Seq[T] {
	switch f.Name {
	case duplicate:
		return twice(source)
	case reorder:
		return swapped(source)
	case delay:
		return heldBack(source)
	}
	return source
}

func twice[T any](source iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range source {
			for range 2 {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func swapped[T any](source iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		var first T
		waiting := false
		for v := range source {
			if !waiting {
				first, waiting = v, true
				continue
			}
			if !yield(v) || !yield(first) {
				return
			}
			waiting = false
		}
		if waiting {
			yield(first)
		}
	}
}

func heldBack[T any](source iter.Seq[T]) iter.Seq[T] {
	type held struct {
		value T
		until int
	}
	return func(yield func(T) bool) {
		var late []held // at most heldFor/heldEvery + 1
		n := 0
		for v := range source {
			if n++; n%heldEvery == 0 {
				late = append(late, held{v, n + heldFor})
				continue
			}
			if !yield(v) {
				return
			}
			if len(late) > 0 && late[0].until <= n {
				if !yield(late[0].value) {
					return
				}
				late = append(late[:0], late[1:]...)
			}
		}
		for _, h := range late {
			if !yield(h.value) {
				return
			}
		}
	}
}
