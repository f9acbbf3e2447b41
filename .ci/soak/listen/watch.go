package main

import (
	"fmt"
	"os"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

// samples are the resources that the listener used.
type samples struct {
	early, late lab.Status // after a fifth of the events, and at the end
	peak        float64
	threads     int
	open        int
}

// watch samples the listener every second until the returned function is called.
func watch(p *lab.Process, t *tally, events int64) (end func() samples) {
	stop, done := make(chan struct{}), make(chan samples)
	go func() {
		var s samples
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
				s.add(p.Status(), t.done.Load()*5 > events)
				if n%10 == 9 {
					fmt.Fprintf(os.Stderr, "%d events: %.0f MiB, %d threads, %d open files\n", t.done.Load(), s.late.RSS, s.late.Threads, s.late.Open)
				}
			case <-stop:
				s.add(p.Status(), true)
				done <- s
				return
			}
		}
	}()
	return func() samples { close(stop); return <-done }
}

func (s *samples) add(now lab.Status, warm bool) {
	if warm && s.early.RSS == 0 {
		s.early = now
	}
	s.late = now
	s.peak = max(s.peak, now.Peak)
	s.threads = max(s.threads, now.Threads)
	s.open = max(s.open, now.Open)
}

func (s samples) report(l *lab.Lab) {
	l.Check(fmt.Sprintf("memory stays below %.0f MiB", maxMemory), s.peak < maxMemory, "at most %.1f MiB", s.peak)
	l.Check("memory is flat", s.late.RSS < 1.25*s.early.RSS+4, "%.1f MiB after a fifth, %.1f MiB at the end", s.early.RSS, s.late.RSS)
	l.Check("threads are few", s.threads <= 40, "at most %d", s.threads)
	l.Check("open files are bounded", s.open <= 2048+4096+32, "at most %d", s.open)
}
