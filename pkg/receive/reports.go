package receive

import (
	"runtime"
	"sync"
)

const (
	// heldBack is how many bytes reports that are not told yet may keep. Beyond it
	// connections wait.
	heldBack = 4 << 20

	// overhead is what each keeps by itself.
	overhead = 512
)

// reports tells what came in, one thing at a time, apart from the connections it came
// over. It is safe for concurrent use.
type reports struct {
	mu      sync.Mutex // guards what follows
	waiting []func()
	weight  int // of all that is not told yet
	telling int // the part of it that is being told
	running bool
	moved   *sync.Cond // weight became less, or running false
}

func newReports() *reports {
	r := &reports{}
	r.moved = sync.NewCond(&r.mu)
	return r
}

// add hands a report over that keeps about so many bytes of what came in.
func (r *reports) add(weight int, tell func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.weight > heldBack {
		r.moved.Wait()
	}
	r.waiting = append(r.waiting, tell)
	r.weight += weight + overhead
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

// take is called when the last batch is told. It leaves the room of spare for what is to
// come.
func (r *reports) take(spare []func()) []func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.weight -= r.telling
	batch := r.waiting
	r.waiting, r.telling = spare, r.weight
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
