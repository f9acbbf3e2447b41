package receive

import (
	"slices"
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

	// patience is how many pauses the queue waits for a reserved place: a sender that is slow to read its
	// response holds up the others no longer.
	patience = 25
)

// reports is a queue of calls to OnReception and OnMalformed, which run one at a time, outside the
// goroutines of connections. It is safe for concurrent use.
type reports struct {
	mu       sync.Mutex // guards the fields below
	queue    []*place
	ready    int // places in the queue that have their report
	size     int // bytes of all reports that have not returned
	inFlight int // bytes of those that were taken from the queue
	running  bool
	changed  *sync.Cond // size shrank, or running became false
}

// place is the place of a report in the queue. It is reserved before the sender can have the whole
// response, so that what it sends next comes after it.
type place struct {
	report func() // nil until it is added
	size   int
	queued bool
}

func newReports() *reports {
	r := &reports{}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// reserve reserves the place at the end of the queue.
func (r *reports) reserve(p *place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enqueue(p)
}

func (r *reports) enqueue(p *place) {
	if !p.queued {
		r.queue, p.queued = append(r.queue, p), true
	}
}

// add adds a report that uses about size bytes, in its place if one is reserved. Then it waits while all
// reports use too much.
func (r *reports) add(p *place, size int, report func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enqueue(p)
	p.report, p.size = report, size+overhead
	r.size += p.size
	r.ready++
	if !r.running {
		r.running = true
		go r.run()
	}
	for r.size > maxQueued {
		r.changed.Wait()
	}
}

// run runs reports until no place has one.
func (r *reports) run() {
	var batch []*place
	for waited := 0; ; waited++ {
		var more bool
		if batch, more = r.take(batch, waited == patience); !more {
			return
		}
		for _, p := range batch {
			p.report()
		}
		if len(batch) > 0 {
			waited = 0
		}
		if len(batch) != 1 {
			time.Sleep(pause)
		}
	}
}

// take returns the reports before the first place without one, after the last batch was run, and whether
// there are more. The queue continues in the memory of last. With skip, places without a report are lost.
func (r *reports) take(last []*place, skip bool) (batch []*place, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size -= r.inFlight
	if skip {
		r.queue = slices.DeleteFunc(r.queue, func(p *place) bool {
			p.queued = p.report != nil
			return !p.queued
		})
	}
	r.inFlight = 0
	n := 0
	for ; n < len(r.queue) && r.queue[n].report != nil; n++ {
		r.inFlight += r.queue[n].size
	}
	batch, rest := r.queue[:n], r.queue[n:]
	clear(last)
	r.queue = append(last[:0], rest...)
	clear(rest)
	r.running = r.ready > 0 // those of batch included
	r.ready -= n
	r.changed.Broadcast()
	return batch, r.running
}

// wait waits until all reports were run.
func (r *reports) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.running {
		r.changed.Wait()
	}
}
