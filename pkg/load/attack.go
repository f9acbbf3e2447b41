package load

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// attack is a load in progress. Its workers take turns: the one that has the turn waits until
// the next request is due, passes the turn on, and delivers. A worker is started when all others
// are busy, so that one has the turn, up to MaxWorkers. Without a scheduler besides the
// workers, a request needs no switch between goroutines before it is delivered.
type attack struct {
	Options
	client *deliver.Client

	workers sync.WaitGroup
	idle    atomic.Int64 // workers that are neither delivering nor counting

	turn    sync.Mutex // held while waiting; guards the fields below
	next    func() ([]byte, bool)
	taken   uint64
	started int // workers

	counting sync.Mutex // guards the outcome, and calls of OnProgress
	outcome  *Outcome
}

// lateness is how long after the end of the load late requests are still sent.
const lateness = time.Second

func newAttack(o Options, client *deliver.Client) *attack {
	return &attack{Options: o, client: client, outcome: newOutcome(o)}
}

// run sends the load.
func (a *attack) run(ctx context.Context) *Outcome {
	var stop func()
	a.next, stop = iter.Pull(fault.Arrange(a.Fault, bodies(a.Next)))
	defer stop()
	a.addWorker(ctx)
	a.workers.Wait()
	a.outcome.close(ctx.Err() != nil)
	return a.outcome
}

func bodies(next func() []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for yield(next()) {
		}
	}
}

func (a *attack) addWorker(ctx context.Context) {
	a.started++
	a.idle.Add(1)
	a.workers.Go(func() { a.work(ctx) })
}

// work delivers one request after the other until none is left.
func (a *attack) work(ctx context.Context) {
	for {
		body, ok := a.take(ctx)
		if !ok {
			return
		}
		result := a.client.Deliver(ctx, deliver.Request{Target: a.Target, Body: body}, a.Timeout)
		a.count(result, len(body))
		a.idle.Add(1)
	}
}

// take waits until the next request is due, and returns its body. A late request is due at once.
func (a *attack) take(ctx context.Context) (body []byte, ok bool) {
	a.turn.Lock()
	defer a.turn.Unlock()
	elapsed := a.Now().Sub(a.outcome.Start)
	if a.taken >= a.outcome.Planned || elapsed-a.Pace.Duration >= lateness || ctx.Err() != nil {
		return nil, false
	}
	if wait := a.Pace.due(a.taken) - elapsed; wait > 0 && a.Sleep(ctx, wait) != nil {
		return nil, false
	}
	a.taken++
	if a.idle.Add(-1) == 0 && a.started < a.MaxWorkers {
		a.addWorker(ctx)
	}
	return a.next()
}

func (a *attack) count(result deliver.Result, bodyLength int) {
	a.counting.Lock()
	defer a.counting.Unlock()
	a.outcome.add(result, bodyLength)
	if a.OnProgress != nil {
		a.OnProgress(a.outcome.progress())
	}
}
