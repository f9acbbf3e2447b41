package receive

import (
	"runtime"
	"sync"
)

// heldBack is for how many bytes reports may wait. Beyond it connections wait for them.
const heldBack = 4 << 20

// reports tells what came in, one thing at a time, apart from the connections it came
// over. It is safe for concurrent use.
type reports struct {
	mu      sync.Mutex // guards what follows
	waiting []func()
	weight  int
	running bool
	moved   *sync.Cond // waiting became empty, or running false
}

func newReports() *reports {
	r := &reports{}
	r.moved = sync.NewCond(&r.mu)
	return r
}

// add hands a report over, which keeps weight bytes in memory.
func (r *reports) add(weight int, tell func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.weight > heldBack {
		r.moved.Wait()
	}
	r.waiting = append(r.waiting, tell)
	r.weight += weight
	if !r.running {
		r.running = true
		go r.run()
	}
}

// run tells reports until there are none.
func (r *reports) run() {
	var spare []func()
	for {
		// Connections that are ready go first: there is then more to tell at once.
		runtime.Gosched()
		batch := r.take(spare)
		if len(batch) == 0 {
			return
		}
		for _, tell := range batch {
			tell()
		}
		clear(batch)
		spare = batch[:0]
	}
}

// take leaves the room of spare for what is to come.
func (r *reports) take(spare []func()) []func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	batch := r.waiting
	r.waiting, r.weight = spare, 0
	r.running = len(batch) > 0
	r.moved.Broadcast()
	return batch
}

// wait returns when all is told.
func (r *reports) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.running {
		r.moved.Wait()
	}
}
