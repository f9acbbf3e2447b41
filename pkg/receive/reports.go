package receive

import (
	"sync"
	"time"
)

const (
	// maxQueued is how many bytes the waiting reports may use; beyond it connections wait.
	maxQueued = 4 << 20

	// overhead is the memory that each report uses besides.
	overhead = 512

	// pause is the time between two batches when requests are concurrent: each batch wakes
	// goroutines and writes to the terminal, which few larger ones do less often.
	pause = 4 * time.Millisecond
)

// reports is a queue of calls to OnReception and OnMalformed, which run one at a time, outside the
// goroutines of connections. It is safe for concurrent use.
type reports struct {
	mu       sync.Mutex // guards the fields below
	queue    []func()
	size     int // bytes of all reports that have not returned
	inFlight int // bytes of those that were taken from the queue
	running  bool
	changed  *sync.Cond // size shrank, or running became false
}

func newReports() *reports {
	r := &reports{}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// add queues a report that uses about size bytes.
func (r *reports) add(size int, report func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.size > maxQueued {
		r.changed.Wait()
	}
	r.queue = append(r.queue, report)
	r.size += size + overhead
	if !r.running {
		r.running = true
		go r.run()
	}
}

// run runs reports until the queue is empty.
func (r *reports) run() {
	var spare []func()
	for {
		batch := r.take(spare)
		if len(batch) == 0 {
			return
		}
		for _, report := range batch {
			report()
		}
		if len(batch) > 1 {
			time.Sleep(pause)
		}
		clear(batch)
		spare = batch[:0]
	}
}

// take returns the queued reports after the last batch was run. The queue continues in spare.
func (r *reports) take(spare []func()) []func() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size -= r.inFlight
	batch := r.queue
	r.queue, r.inFlight = spare, r.size
	r.running = len(batch) > 0
	r.changed.Broadcast()
	return batch
}

// wait waits until all reports were run.
func (r *reports) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.running {
		r.changed.Wait()
	}
}
