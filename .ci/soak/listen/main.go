// Listen sends a million events to `apizee-hooks listen --record` at full speed, while
// others send slowly, break off, send too much or no HTTP at all, and thousands hold a
// connection and say nothing. Memory, threads and open files must stay flat, and each
// event that was acknowledged must be in the recording once.
//
//	go -C .ci run ./soak/listen
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const (
	most    = 60.0             // MiB that the listener may take
	patient = 30 * time.Second // how long a sender waits for an answer
)

// tally is what became of the events, by number.
type tally struct {
	answered []atomic.Bool
	done     atomic.Int64
	refused  atomic.Int64
	failed   atomic.Int64
	retried  atomic.Int64
	slowest  atomic.Int64 // nanoseconds
}

func main() {
	events := flag.Int64("events", 1_000_000, "how many events are sent")
	senders := flag.Int("senders", 32, "how many senders there are")
	idlers := flag.Int("idle", 3000, "how many connections say nothing")
	length := flag.Duration("length", 5*time.Minute, "stop after this time at the latest")
	flag.Parse()
	l := lab.Open("listen")
	path := l.File("events.ndjson")
	p, addr := l.Listen(io.Discard, "--record", path)

	faulty := begin(addr, *idlers)
	t := &tally{answered: make([]atomic.Bool, *events)}
	start := time.Now()
	samples := watch(p, t, *events)
	t.send(addr, *senders, start.Add(*length))
	took := time.Since(start)
	after := samples()
	faulty.stop()
	stopped := p.End(os.Interrupt, 5*time.Second)

	counts := make([]uint8, *events)
	strangers := 0
	torn, err := lab.Recorded(path, func(n int64) {
		switch {
		case n == anonymous:
		case n < 0 || n >= *events:
			strangers++
		default:
			counts[n]++
		}
	})
	l.Must(err)
	lost, twice := compare(t, counts)
	l.Check("every event is acknowledged", t.done.Load() == *events && t.failed.Load() == 0 && t.refused.Load() == 0,
		"%d of %d in %s, %.0f a second; %d failed, %d refused, %d sent again", t.done.Load(), *events, took.Round(time.Second),
		float64(t.done.Load())/took.Seconds(), t.failed.Load(), t.refused.Load(), t.retried.Load())
	l.Check("each of them is recorded once", lost == 0 && twice == 0, "%d lost, %d twice", lost, twice)
	l.Check("nothing else is recorded, and no line is torn", strangers == 0 && torn == 0, "%d others, %d torn", strangers, torn)
	l.Check("no answer takes 2 s", t.slowest.Load() < int64(2*time.Second), "the slowest took %s", time.Duration(t.slowest.Load()).Round(time.Millisecond))
	after.report(l)
	l.Check("it stops within 5 s", stopped && p.ProcessState.ExitCode() == 0, "exit code %d", p.ProcessState.ExitCode())
	faulty.report()
	l.Close()
}

// send posts all events, each until it is accepted or the timeout passes.
func (t *tally) send(addr string, senders int, end time.Time) {
	var next atomic.Int64
	var all sync.WaitGroup
	for sender := range senders {
		all.Go(func() {
			s := lab.Sender{Addr: addr}
			defer func() {
				s.Close()
				t.retried.Add(int64(s.Retries))
			}()
			for time.Now().Before(end) {
				n := next.Add(1) - 1
				if n >= int64(len(t.answered)) {
					return
				}
				t.post(&s, n)
				if sender%4 == 0 && n%16 == 0 {
					s.Close() // those who come anew must find room
				}
			}
		})
	}
	all.Wait()
}

func (t *tally) post(s *lab.Sender, n int64) {
	start := time.Now()
	status, err := s.Post(n, patient)
	took := int64(time.Since(start))
	for slowest := t.slowest.Load(); took > slowest && !t.slowest.CompareAndSwap(slowest, took); {
		slowest = t.slowest.Load()
	}
	switch {
	case err != nil:
		if t.failed.Add(1) <= 5 {
			fmt.Fprintln(os.Stderr, "a sender failed:", err)
		}
	case status != 204:
		t.refused.Add(1)
	default:
		t.answered[n].Store(true)
		t.done.Add(1)
	}
}

func compare(t *tally, counts []uint8) (lost, twice int) {
	for n, count := range counts {
		switch {
		case t.answered[n].Load() && count == 0:
			lost++
		case count > 1:
			twice++
		}
	}
	return lost, twice
}
