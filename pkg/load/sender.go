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

// sender sends a load. Its workers take turns: the one that has the turn waits until
// the next request is due, passes the turn on, and delivers. A worker is started when all others
// are busy, so that one has the turn, up to MaxWorkers. Without a scheduler besides the
// workers, a request needs no switch between goroutines before it is delivered.
type sender struct {
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

func newSender(o Options, client *deliver.Client) *sender {
	return &sender{Options: o, client: client, outcome: newOutcome(o)}
}

// run sends the load.
func (s *sender) run(ctx context.Context) *Outcome {
	var stop func()
	s.next, stop = iter.Pull(fault.Arrange(s.Fault, bodies(s.Next)))
	defer stop()
	s.addWorker(ctx)
	s.workers.Wait()
	s.outcome.close(ctx.Err() != nil)
	return s.outcome
}

func bodies(next func() []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for yield(next()) {
		}
	}
}

func (s *sender) addWorker(ctx context.Context) {
	s.started++
	s.idle.Add(1)
	s.workers.Go(func() { s.work(ctx) })
}

// work delivers one request after the other until none is left.
func (s *sender) work(ctx context.Context) {
	for {
		body, ok := s.take(ctx)
		if !ok {
			return
		}
		result := s.client.Deliver(ctx, deliver.Request{Target: s.Target, Body: body}, s.Timeout)
		s.count(result, len(body))
		s.idle.Add(1)
	}
}

// take waits until the next request is due, and returns its body. A late request is due at once.
func (s *sender) take(ctx context.Context) (body []byte, ok bool) {
	s.turn.Lock()
	defer s.turn.Unlock()
	elapsed := s.Now().Sub(s.outcome.Start)
	if s.taken >= s.outcome.Planned || elapsed-s.Pace.Duration >= lateness || ctx.Err() != nil {
		return nil, false
	}
	if wait := s.Pace.due(s.taken) - elapsed; wait > 0 && s.Sleep(ctx, wait) != nil {
		return nil, false
	}
	s.taken++
	if s.idle.Add(-1) == 0 && s.started < s.MaxWorkers {
		s.addWorker(ctx)
	}
	return s.next()
}

func (s *sender) count(result deliver.Result, bodyLength int) {
	s.counting.Lock()
	defer s.counting.Unlock()
	s.outcome.add(result, bodyLength)
	if s.OnProgress != nil {
		s.OnProgress(s.outcome.progress())
	}
}
