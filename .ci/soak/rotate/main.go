// Rotate records a day with log rotation: while events come at full speed, `apizee-hooks listen --record`
// has its recording moved away, copied and truncated, and its disk filled, once per hour, which takes half
// a second. Each acknowledged event must be in one of the files once, each rejected one in none, and what
// the listener says must be true. It mounts a small tmpfs, so it must run as root.
//
//	go -C .ci run ./soak/rotate
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const responseTimeout = 5 * time.Second

func main() {
	hours := flag.Int("hours", 24, "number of rotations, with and without --sync each")
	senders := flag.Int("senders", 16, "number of senders")
	flag.Parse()
	l := lab.Open("rotate")
	for _, flags := range [][]string{nil, {"--sync"}} {
		record(l, *hours, *senders, flags)
	}
	l.Close()
}

// results are the responses, by number of the event.
type results struct {
	next     atomic.Int64
	mu       sync.Mutex // guards statuses
	statuses map[int64]int
}

// send posts events until stop is closed.
func (r *results) send(addr string, stop chan struct{}) {
	s := lab.Sender{Addr: addr}
	defer s.Close()
	for {
		select {
		case <-stop:
			return
		default:
		}
		n := r.next.Add(1) - 1
		status, err := s.Post(n, responseTimeout)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		r.mu.Lock()
		r.statuses[n] = status
		r.mu.Unlock()
	}
}

// said is what the listener prints about the events.
type said struct {
	statuses map[int64]int
	omitted  int
	done     chan struct{}
}

// read reads the lines of the listener.
func (s *said) read(lines io.Reader) {
	defer close(s.done)
	for d := json.NewDecoder(lines); ; {
		var line struct {
			Event           struct{ ObjectID int64 }
			Status, Omitted int
		}
		if d.Decode(&line) != nil {
			io.Copy(io.Discard, lines)
			return
		}
		if line.Omitted > 0 {
			s.omitted += line.Omitted
		} else {
			s.statuses[line.Event.ObjectID] = line.Status
		}
	}
}

func record(l *lab.Lab, hours, senders int, flags []string) {
	dir := l.Disk("disk"+strings.Join(flags, ""), "16m")
	r := &rotation{l: l, path: filepath.Join(dir, "events.ndjson"), archive: l.File("archive" + strings.Join(flags, ""))}
	lines, out := io.Pipe()
	s := &said{statuses: map[int64]int{}, done: make(chan struct{})}
	go s.read(lines)
	var addr string
	r.listener, addr = l.Listen(out, append([]string{"--record", r.path}, flags...)...)

	sent := &results{statuses: map[int64]int{}}
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range senders {
		all.Go(func() { sent.send(addr, stop) })
	}
	for hour := range hours {
		time.Sleep(500 * time.Millisecond)
		r.rotate(hour)
	}
	time.Sleep(500 * time.Millisecond)
	close(stop)
	all.Wait()
	stopped := r.listener.End(os.Interrupt, 5*time.Second)
	out.Close()
	<-s.done
	r.ship(r.path)
	check(l, strings.Join(append([]string{"listen --record"}, flags...), " "), r, sent, s, stopped)
}

func check(l *lab.Lab, name string, r *rotation, sent *results, s *said, stopped bool) {
	counts := map[int64]int{}
	truncated, err := lab.Recorded(r.archive, func(n int64) { counts[n]++ })
	var acknowledged, full, other, lost, twice, kept, untrue, silent int
	for n, status := range sent.statuses {
		switch {
		case status == 204 && counts[n] == 0:
			lost++
		case counts[n] > 1:
			twice++
		case status == 507 && counts[n] > 0:
			kept++
		}
		switch status {
		case 204:
			acknowledged++
		case 507:
			full++
		default:
			other++
		}
		if said, ok := s.statuses[n]; !ok {
			silent++
		} else if said != status {
			untrue++
		}
	}
	says := r.listener.Err.String()
	summary := fmt.Sprintf("%d events: ticket %d; %d not recorded", acknowledged+full, acknowledged+full, full)
	l.Check(fmt.Sprintf("%s: moved %d, truncated %d, full %d times", name, r.moved, r.truncated, r.full), r.moved > 0 && r.truncated > 0 && r.full > 0, "%d events acknowledged", acknowledged)
	l.Check("  each acknowledged event is recorded once", lost == 0 && twice == 0 && truncated == 0 && err == nil, "%d lost, %d twice, %d truncated lines, error %v", lost, twice, truncated, err)
	l.Check("  on a full disk the status is 507, and it continues", full > 0 && other == 0 && r.stuck == 0, "%d times 507, %d times another", full, other)
	l.Check("  a rejected event is not recorded", kept == 0, "%d are", kept)
	l.Check("  a moved recording is created again and noted within 2 s", r.late == 0, "%d are not", r.late)
	l.Check("  each line says what the sender got", untrue == 0 && silent == s.omitted, "%d do not; %d events without a line, %d said to be", untrue, silent, s.omitted)
	l.Check("  the summary says it too", strings.Contains(says, summary), "%s", summary)
	if !strings.Contains(says, summary) {
		fmt.Fprintln(os.Stderr, says)
	}
	l.Check("  it stops within 5 s, with the exit code of lost events", stopped && r.listener.ProcessState.ExitCode() == 2, "exit code %d", r.listener.ProcessState.ExitCode())
}
