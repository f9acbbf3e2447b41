// Trouble deprives `apizee-hooks listen` of what it needs: disk space, file descriptors, the
// directory of the recording, a reader of its output. It must report the problem, keep the
// acknowledged events, and continue when the problem is solved. It mounts a small tmpfs, so it
// must run as root.
//
//	go -C .ci run ./soak/trouble
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const responseTimeout = 5 * time.Second

func main() {
	l := lab.Open("trouble")
	fullDisk(l)
	fullDisk(l, "--sync")
	noDescriptors(l)
	removedDirectory(l)
	stalledPipe(l)
	stalledTerminal(l)
	l.Close()
}

// eventSender posts events one after the other.
type eventSender struct {
	lab.Sender
	next         int64
	acknowledged []int64
	slowest      time.Duration
}

// post sends the next event and returns the status, 0 for none.
func (s *eventSender) post() int {
	n, start := s.next, time.Now()
	s.next++
	status, err := s.Post(n, responseTimeout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 0
	}
	if status == 204 {
		s.acknowledged = append(s.acknowledged, n)
	}
	s.slowest = max(s.slowest, time.Since(start))
	return status
}

// missing returns how many acknowledged events are not in a recording exactly once.
func (s *eventSender) missing(path string) (missing, truncated int, err error) {
	counts := map[int64]int{}
	truncated, err = lab.Recorded(path, func(n int64) { counts[n]++ })
	for _, n := range s.acknowledged {
		if counts[n] != 1 {
			missing++
		}
	}
	return missing, truncated, err
}

func fullDisk(l *lab.Lab, flags ...string) {
	dir := l.Disk("small"+strings.Join(flags, ""), "256k")
	filler, path := filepath.Join(dir, "filler"), filepath.Join(dir, "events.ndjson")
	l.Must(os.WriteFile(filler, make([]byte, 128<<10), 0o600))
	var out lab.Text
	p, addr := l.Listen(&out, append([]string{"--record", path}, flags...)...)
	s := &eventSender{Sender: lab.Sender{Addr: addr}}
	status := 204
	for status == 204 && s.next < 10_000 {
		status = s.post()
	}
	before := len(s.acknowledged)
	for range 100 {
		s.post()
	}
	l.Must(os.Remove(filler))
	for range 100 {
		s.post()
	}
	stopped := p.End(os.Interrupt, responseTimeout)
	missing, truncated, err := s.missing(path)
	name := strings.Join(append([]string{"a full disk"}, flags...), ", ")
	l.Check(name+": the status is 507, with a reason", status == 507 && strings.Contains(out.String(), "no space left"), "%d after %d events", status, before)
	l.Check("  acknowledged events are kept", missing == 0 && err == nil, "%d of %d missing, %d truncated, error %v", missing, len(s.acknowledged), truncated, err)
	l.Check("  with space it continues, and it stops", len(s.acknowledged) >= before+100 && stopped, "%d more events", len(s.acknowledged)-before)
}

func noDescriptors(l *lab.Lab) {
	path := l.File("descriptors.ndjson")
	var out lab.Text
	p := l.CommandWithin(40, lab.ListenArgs("--record", path)...)
	addr := l.BeginListener(p, &out)
	s := &eventSender{Sender: lab.Sender{Addr: addr}}
	s.post()
	var idle []net.Conn
	for range 100 {
		c, err := net.Dial("tcp", addr)
		l.Must(err)
		idle = append(idle, c)
	}
	for range 500 {
		if strings.Contains(out.String(), "too many open files") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, c := range idle {
		c.Close()
	}
	for range 20 {
		s.Close() // each event needs a connection
		s.post()
	}
	stopped := p.End(os.Interrupt, responseTimeout)
	missing, _, err := s.missing(path)
	l.Check("no file descriptors: an error is printed", strings.Contains(out.String(), "too many open files"), "%d of 21 events acknowledged", len(s.acknowledged))
	l.Check("  with descriptors it continues, and all is kept", len(s.acknowledged) == 21 && missing == 0 && err == nil && stopped,
		"the slowest response took %s, %d missing", s.slowest.Round(time.Millisecond), missing)
}

func removedDirectory(l *lab.Lab) {
	dir := l.File("removed")
	path := filepath.Join(dir, "events.ndjson")
	l.Must(os.Mkdir(dir, 0o700))
	var out lab.Text
	p, addr := l.Listen(&out, "--record", path)
	s := &eventSender{Sender: lab.Sender{Addr: addr}}
	s.post()
	l.Must(os.RemoveAll(dir))
	s.acknowledged = nil
	status := s.post()
	l.Must(os.Mkdir(dir, 0o700))
	again := s.post()
	stopped := p.End(os.Interrupt, responseTimeout)
	missing, _, err := s.missing(path)
	l.Check("the directory of the recording is removed: the status is 507", status == 507 && strings.Contains(out.String(), "it was moved or removed"), "%d", status)
	l.Check("  with the directory restored it continues", again == 204 && missing == 0 && err == nil && stopped, "%d, %d missing, error %v", again, missing, err)
}

// freeAddress returns an unused address.
func freeAddress(l *lab.Lab) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.Must(err)
	defer listener.Close()
	return listener.Addr().String()
}

func await(addr string) {
	for range 500 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// stalledReader runs a listener whose output is not read.
func stalledReader(l *lab.Lab, name string, out *os.File, also bool) {
	addr := freeAddress(l)
	p := l.Command("listen", "--addr", addr)
	p.Stdout = out
	if also {
		p.Stderr = out
		p.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	}
	l.Must(p.Begin())
	out.Close()
	await(addr)
	s := &eventSender{Sender: lab.Sender{Addr: addr}}
	const events = 100_000
	for range events {
		s.post()
	}
	memory := p.Status().Peak
	start := time.Now()
	stopped := p.End(syscall.SIGTERM, responseTimeout)
	took := time.Since(start)
	l.Check(name+": events are acknowledged", len(s.acknowledged) == events && s.slowest < time.Second, "%d of %d, the slowest took %s", len(s.acknowledged), events, s.slowest.Round(time.Millisecond))
	l.Check("  memory is bounded, and it stops within 2 s", memory < 60 && stopped && took < 2*time.Second, "%.0f MiB, %s", memory, took.Round(time.Millisecond))
	if !also {
		l.Check("  and it says why output is missing", strings.Contains(p.Err.String(), "output is blocked"), "%s", strings.TrimSpace(p.Err.String()))
	}
}

func stalledPipe(l *lab.Lab) {
	reader, writer, err := os.Pipe()
	l.Must(err)
	defer reader.Close()
	stalledReader(l, "a pipe that nobody reads", writer, false)
}

func stalledTerminal(l *lab.Lab) {
	master, slave, err := openTerminal()
	l.Must(err)
	defer master.Close()
	stalledReader(l, "a terminal that stops reading", slave, true)
	io.CopyN(io.Discard, master, 1)
}
