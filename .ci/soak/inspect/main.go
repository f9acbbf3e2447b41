// Inspect sends a million events to `apizee-hooks listen --inspect` while ten pages are open, which follow
// the live events, filter, open events, leave and return; one never reads. It does so with the events in memory,
// and in a recording. No event may be lost, all pages must see the last one, and memory must be bounded.
//
//	go -C .ci run ./soak/inspect
package main

import (
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const (
	maxMemory       = 240.0            // MiB for the listener, whose exchanges may take 64 MiB
	responseTimeout = 30 * time.Second // per event
)

func main() {
	events := flag.Int64("events", 1_000_000, "number of events")
	senders := flag.Int("senders", 32, "number of senders")
	flag.Parse()
	l := lab.Open("inspect")
	soak(l, *events, *senders)
	soak(l, *events, *senders, "--record", l.File("events.ndjson"))
	l.Close()
}

func soak(l *lab.Lab, events int64, senders int, flags ...string) {
	p, addr := l.Listen(io.Discard, append([]string{"--inspect=0"}, flags...)...)
	page, err := url.Parse(p.Page)
	l.Must(err)
	pages := open(page)

	s := send(addr, events-1, senders)
	s.post(&lab.Sender{Addr: addr}, events-1) // which all pages must show
	behind := 0
	for _, p := range pages {
		if !p.sees(events-1, 10*time.Second) {
			behind++
		}
	}
	now, err := pages[0].status()
	l.Must(err)
	listed, twice, err := pages[0].all(events)
	l.Must(err)
	failures := closeAll(pages)
	stopped := p.End(os.Interrupt, 5*time.Second)

	name := "in memory"
	if len(flags) > 0 {
		name = "in a recording"
	}
	l.Check(name+": every event is acknowledged", s.acknowledged.Load() == events, "%d of %d in %s, %.0f per second", s.acknowledged.Load(), events,
		s.took.Round(time.Second), float64(events)/s.took.Seconds())
	l.Check("  every response arrives within 2 s", s.slowest.Load() < int64(2*time.Second), "the slowest took %s", time.Duration(s.slowest.Load()).Round(time.Millisecond))
	l.Check("  each event is there, or counted as removed", now.Total+now.Removed == events, "%d there, %d removed to limit the memory", now.Total, now.Removed)
	l.Check("  the list has each once", listed == now.Total && twice == 0, "%d listed, %d twice", listed, twice)
	l.Check("  all pages see the last event", behind == 0, "%d of %d do not", behind, len(pages))
	l.Check("  no request of a page fails", len(failures) == 0, "%d failed %v", len(failures), failures[:min(len(failures), 1)])
	l.Check("  memory of exchanges is bounded", now.Memory.Used <= now.Memory.Limit, "%d of %d bytes", now.Memory.Used, now.Memory.Limit)
	l.Check(fmt.Sprintf("  memory stays below %.0f MiB", maxMemory), p.Memory() < maxMemory, "at most %.0f MiB", p.Memory())
	l.Check("  it stops within 5 s", stopped && p.ProcessState.ExitCode() == 0, "exit code %d", p.ProcessState.ExitCode())
	if len(flags) > 0 {
		counts := make([]uint8, events)
		truncated, err := lab.Recorded(l.File("events.ndjson"), func(n int64) { counts[n]++ })
		once := 0
		for _, count := range counts {
			if count == 1 {
				once++
			}
		}
		l.Check("  each is recorded once", err == nil && truncated == 0 && int64(once) == events, "%d of %d, error %v", once, events, err)
	}
}

// sent is what the senders know.
type sent struct {
	acknowledged, slowest atomic.Int64
	took                  time.Duration
}

func send(addr string, events int64, senders int) *sent {
	s := new(sent)
	start := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			sender := lab.Sender{Addr: addr}
			defer sender.Close()
			for n := next.Add(1) - 1; n < events; n = next.Add(1) - 1 {
				s.post(&sender, n)
			}
		})
	}
	all.Wait()
	s.took = time.Since(start)
	return s
}

func (s *sent) post(sender *lab.Sender, n int64) {
	start := time.Now()
	status, err := sender.Post(n, responseTimeout)
	took := int64(time.Since(start))
	for slowest := s.slowest.Load(); took > slowest && !s.slowest.CompareAndSwap(slowest, took); {
		slowest = s.slowest.Load()
	}
	if err == nil && status == 204 {
		s.acknowledged.Add(1)
	}
}
