// Trouble takes away from `apizee-hooks listen` what it needs: room on the disk, file
// descriptors, the folder of the recording, somebody who reads what it prints. It must
// say what is wrong, keep what it has acknowledged, and go on when the trouble is over.
// It mounts a small tmpfs, for which it must be root.
//
//	go -C .ci run ./soak/trouble
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/apizee-hooks/apizee-hooks/ci/soak/lab"
)

const patient = 5 * time.Second

func main() {
	l := lab.Open("trouble")
	fullDisk(l)
	fullDisk(l, "--sync")
	noDescriptors(l)
	removedFolder(l)
	deafPipe(l)
	deafTerminal(l)
	l.Close()
}

// sending posts events one after the other.
type sending struct {
	lab.Sender
	next     int64
	answered []int64
	slowest  time.Duration
}

// post sends the next event and returns the status, 0 for none.
func (s *sending) post() int {
	n, start := s.next, time.Now()
	s.next++
	status, err := s.Post(n, patient)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 0
	}
	if status == 204 {
		s.answered = append(s.answered, n)
	}
	s.slowest = max(s.slowest, time.Since(start))
	return status
}

// missing is how many acknowledged events are not in a recording exactly once.
func (s *sending) missing(path string) (missing, torn int, err error) {
	counts := map[int64]int{}
	torn, err = lab.Recorded(path, func(n int64) { counts[n]++ })
	for _, n := range s.answered {
		if counts[n] != 1 {
			missing++
		}
	}
	return missing, torn, err
}

func fullDisk(l *lab.Lab, flags ...string) {
	folder := l.File("small")
	l.Must(os.MkdirAll(folder, 0o700))
	l.Must(exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder).Run())
	defer exec.Command("umount", folder).Run()
	filler, path := filepath.Join(folder, "filler"), filepath.Join(folder, "events.ndjson")
	l.Must(os.WriteFile(filler, make([]byte, 128<<10), 0o600))
	var out lab.Text
	p, addr := l.Listen(&out, append([]string{"--record", path}, flags...)...)
	s := &sending{Sender: lab.Sender{Addr: addr}}
	status := 204
	for status == 204 && s.next < 10_000 {
		status = s.post()
	}
	before := len(s.answered)
	for range 100 {
		s.post()
	}
	l.Must(os.Remove(filler))
	for range 100 {
		s.post()
	}
	stopped := p.End(os.Interrupt, patient)
	missing, torn, err := s.missing(path)
	name := strings.Join(append([]string{"a full disk"}, flags...), ", ")
	l.Check(name+": the answer is 507, and says why", status == 507 && strings.Contains(out.String(), "no space left"), "%d after %d events", status, before)
	l.Check("  what was acknowledged is kept", missing == 0 && err == nil, "%d of %d missing, %d torn, error %v", missing, len(s.answered), torn, err)
	l.Check("  with room it goes on, and it stops", len(s.answered) >= before+100 && stopped, "%d more events", len(s.answered)-before)
}

func noDescriptors(l *lab.Lab) {
	path := l.File("descriptors.ndjson")
	var out lab.Text
	p := l.CommandWithin(40, lab.ListenArgs("--record", path)...)
	addr := l.BeginListener(p, &out)
	s := &sending{Sender: lab.Sender{Addr: addr}}
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
	stopped := p.End(os.Interrupt, patient)
	missing, _, err := s.missing(path)
	l.Check("no file descriptors left: it is said", strings.Contains(out.String(), "too many open files"), "%d of 21 events acknowledged", len(s.answered))
	l.Check("  with descriptors back it goes on, and all is kept", len(s.answered) == 21 && missing == 0 && err == nil && stopped,
		"the slowest answer took %s, %d missing", s.slowest.Round(time.Millisecond), missing)
}

func removedFolder(l *lab.Lab) {
	folder := l.File("removed")
	path := filepath.Join(folder, "events.ndjson")
	l.Must(os.Mkdir(folder, 0o700))
	var out lab.Text
	p, addr := l.Listen(&out, "--record", path)
	s := &sending{Sender: lab.Sender{Addr: addr}}
	s.post()
	l.Must(os.RemoveAll(folder))
	s.answered = nil
	status := s.post()
	l.Must(os.Mkdir(folder, 0o700))
	again := s.post()
	stopped := p.End(os.Interrupt, patient)
	missing, _, err := s.missing(path)
	l.Check("the folder of the recording is removed: the answer is 507", status == 507 && strings.Contains(out.String(), "it was removed"), "%d", status)
	l.Check("  with the folder back it goes on", again == 204 && missing == 0 && err == nil && stopped, "%d, %d missing, error %v", again, missing, err)
}

// freeAddress is one that nobody listens on.
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

// deaf has a listener print to somebody who does not read.
func deaf(l *lab.Lab, name string, out *os.File, also bool) {
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
	s := &sending{Sender: lab.Sender{Addr: addr}}
	const events = 100_000
	for range events {
		s.post()
	}
	memory := p.Status().Peak
	start := time.Now()
	stopped := p.End(syscall.SIGTERM, patient)
	took := time.Since(start)
	l.Check(name+": events are answered", len(s.answered) == events && s.slowest < time.Second, "%d of %d, the slowest took %s", len(s.answered), events, s.slowest.Round(time.Millisecond))
	l.Check("  memory is bounded, and it stops within 2 s", memory < 60 && stopped && took < 2*time.Second, "%.0f MiB, %s", memory, took.Round(time.Millisecond))
	if !also {
		l.Check("  and it says why output is missing", strings.Contains(p.Err.String(), "output is blocked"), "%s", strings.TrimSpace(p.Err.String()))
	}
}

func deafPipe(l *lab.Lab) {
	reader, writer, err := os.Pipe()
	l.Must(err)
	defer reader.Close()
	deaf(l, "a pipe that nobody reads", writer, false)
}

func deafTerminal(l *lab.Lab) {
	master, slave, err := openTerminal()
	l.Must(err)
	defer master.Close()
	deaf(l, "a terminal that stops reading", slave, true)
	io.CopyN(io.Discard, master, 1)
}
