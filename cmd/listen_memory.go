package cmd

import "runtime/debug"

// listenMemory has garbage collected sooner when a crowd of senders makes the heap a large
// one.
const listenMemory = 40 << 20

// limitMemory sets the limit of the heap, unless the user has set one, and returns what
// sets it back.
func (a *app) limitMemory() (back func()) {
	before := debug.SetMemoryLimit(-1)
	if _, own := a.LookupEnv("GOMEMLIMIT"); !own {
		debug.SetMemoryLimit(listenMemory)
	}
	return func() { debug.SetMemoryLimit(before) }
}
