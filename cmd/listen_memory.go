package cmd

import "runtime/debug"

const (
	// listenGarbage lets the heap grow further than usual before it is collected: that of
	// a listener is a few MiB, and collecting it so often would cost a tenth of the rate.
	listenGarbage = 400

	// listenMemory ends that when a crowd of senders makes the heap a large one.
	listenMemory = 40 << 20
)

// tuneMemory sets when garbage is collected, and returns what sets it back. A limit of the
// user's own counts.
func (a *app) tuneMemory() (back func()) {
	garbage, memory := debug.SetGCPercent(listenGarbage), debug.SetMemoryLimit(-1)
	if _, own := a.LookupEnv("GOMEMLIMIT"); !own {
		debug.SetMemoryLimit(listenMemory)
	}
	return func() {
		debug.SetGCPercent(garbage)
		debug.SetMemoryLimit(memory)
	}
}
