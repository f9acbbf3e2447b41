// Listen sends a million events to `apizee-hooks listen --record` at full speed, while
// others send slow, truncated, oversized or non-HTTP requests, and thousands of connections are
// idle. Memory, threads and open files must stay flat, and each
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
	maxMemory       = 160.0            // MiB for the listener: five times what its 2,048 connections use, before garbage is collected
	responseTimeout = 30 * time.Second // per event
)

// tally counts the results of the events, by number.
type tally struct {
	acknowledged []atomic.Bool
	done         atomic.Int64
	rejected     atomic.Int64
	failed       atomic.Int64
	retried      atomic.Int64
	slowest      atomic.Int64 // nanoseconds
}

func main() {
	events := flag.Int64("events", 1_000_000, "number of events")
	senders := flag.Int("senders", 32, "number of senders")
	idlers := flag.Int("idle", 3000, "number of idle connections")
	length := flag.Duration("length", 5*time.Minute, "maximum time")
	flag.Parse()
	l := lab.Open("listen")
	path := l.File("events.ndjson")
	p, addr := l.Listen(io.Discard, "--record", path)

	faulty := begin(addr, *idlers)
	t := &tally{acknowledged: make([]atomic.Bool, *events)}
	start := time.Now()
	samples := watch(p, t, *events)
	t.send(addr, *senders, start.Add(*length))
	took := time.Since(start)
	after := samples()
	faulty.stop()
	stopped := p.End(os.Interrupt, 5*time.Second)

	counts := make([]uint8, *events)
	unexpected := 0
	truncated, err := lab.Recorded(path, func(n int64) {
		switch {
		case n == unnumbered:
		case n < 0 || n >= *events:
			unexpected++
		default:
			counts[n]++
		}
	})
	l.Must(err)
	lost, twice := compare(t, counts)
	l.Check("every event is acknowledged", t.done.Load() == *events && t.failed.Load() == 0 && t.rejected.Load() == 0,
		"%d of %d in %s, %.0f per second; %d failed, %d rejected, %d resent", t.done.Load(), *events, took.Round(time.Second),
		float64(t.done.Load())/took.Seconds(), t.failed.Load(), t.rejected.Load(), t.retried.Load())
	l.Check("each is recorded once", lost == 0 && twice == 0, "%d lost, %d twice", lost, twice)
	l.Check("nothing else is recorded, and no line is truncated", unexpected == 0 && truncated == 0, "%d others, %d truncated", unexpected, truncated)
	l.Check("every response arrives within 2 s", t.slowest.Load() < int64(2*time.Second), "the slowest took %s", time.Duration(t.slowest.Load()).Round(time.Millisecond))
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
				if n >= int64(len(t.acknowledged)) {
					return
				}
				t.post(&s, n)
				if sender%4 == 0 && n%16 == 0 {
					s.Close() // new connections must be accepted too
				}
			}
		})
	}
	all.Wait()
}

func (t *tally) post(s *lab.Sender, n int64) {
	start := time.Now()
	status, err := s.Post(n, responseTimeout)
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
		t.rejected.Add(1)
	default:
		t.acknowledged[n].Store(true)
		t.done.Add(1)
	}
}

func compare(t *tally, counts []uint8) (lost, twice int) {
	for n, count := range counts {
		switch {
		case t.acknowledged[n].Load() && count == 0:
			lost++
		case count > 1:
			twice++
		}
	}
	return lost, twice
}
