package undertest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Options say what to start.
type Options struct {
	Command string // a command line for the shell
	Dir     string // "" is the current folder
	// Env is the environment; nil is that of this process.
	Env []string
	// OnLine is given each line of output, without its newline, by one goroutine at
	// a time. A line is cut after 64 KiB.
	OnLine func(line string)
	// Grace is how long the program may take to stop when asked; 0 means 5 s.
	Grace time.Duration
}

const (
	defaultGrace = 5 * time.Second
	// drain is how long output may still come after everything was stopped.
	drain = time.Second
)

// Program is a program that was started. It must be stopped.
type Program struct {
	options Options
	command *exec.Cmd
	group   group
	output  *os.File
	read    chan struct{} // closed when the output has ended
	ended   chan struct{} // closed when the program itself has
	err     error         // why it ended; to be read after ended
	stop    sync.Once
}

// Start starts the program in a process group of its own.
func Start(o Options) (*Program, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Command, err)
	}
	p := &Program{
		options: o, command: shell(o.Command), output: reader,
		read: make(chan struct{}), ended: make(chan struct{}),
	}
	p.command.Dir, p.command.Env = o.Dir, o.Env
	p.command.Stdout, p.command.Stderr = writer, writer
	err = p.command.Start()
	_ = writer.Close() // the program has its own copy
	if err != nil {
		_ = reader.Close()
		return nil, fmt.Errorf("start %s: %w", o.Command, err)
	}
	if p.group, err = groupOf(p.command); err != nil {
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
		_ = reader.Close()
		return nil, fmt.Errorf("start %s: %w", o.Command, err)
	}
	go p.wait()
	go p.lines()
	return p, nil
}

func (p *Program) wait() {
	p.err = p.command.Wait()
	close(p.ended)
}

func (p *Program) lines() {
	defer close(p.read)
	eachLine(p.output, p.options.OnLine)
}

// Ended is closed when the program has ended by itself or was stopped.
func (p *Program) Ended() <-chan struct{} { return p.ended }

// EndedError says that the program ended though it was to go on. It does not name the
// command, which may hold secrets.
type EndedError struct {
	Err error // how it ended; nil when it ended well
}

func (e *EndedError) Error() string {
	if e.Err == nil {
		return "the program under test ended already"
	}
	return fmt.Sprintf("the program under test ended: %v", e.Err)
}

func (e *EndedError) Unwrap() error { return e.Err }

// Failed is an *EndedError when the program has ended, else nil.
func (p *Program) Failed() error {
	if !isClosed(p.ended) {
		return nil
	}
	return &EndedError{p.err}
}

// Stop asks the program and all that it started to stop, and ends what has not
// stopped in time. It returns when nothing of it runs any more and all output
// was handed on. What has left the process group cannot be found.
func (p *Program) Stop() {
	p.stop.Do(func() {
		p.group.ask()
		p.await()
		p.group.end()
		<-p.ended
		p.drain()
		p.group.close()
	})
}

// Kill ends the program and all that it started, without asking. It must be stopped
// all the same.
func (p *Program) Kill() { p.group.end() }

// await gives the whole group its time, which may outlive the program itself.
// When the program has ended and nobody holds its output, there is none to wait
// for: what counts as alive then are dead children that nobody collects, as in
// a container without an init process.
func (p *Program) await() {
	grace := p.options.Grace
	if grace <= 0 {
		grace = defaultGrace
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for p.group.alive() {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if p.Failed() != nil && isClosed(p.read) {
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// drain waits for the end of the output, which something outside the group may
// hold open.
func (p *Program) drain() {
	select {
	case <-p.read:
	case <-time.After(drain):
		_ = p.output.SetReadDeadline(time.Now())
		<-p.read
	}
	_ = p.output.Close()
}

// eachLine hands on the lines of a text, the last one too when no newline ends it.
func eachLine(from io.Reader, onLine func(string)) {
	const most = 64 << 10
	line, buffer := []byte(nil), make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		for _, c := range buffer[:n] {
			if c == '\n' || len(line) == most {
				onLine(trimReturn(line))
				line = line[:0]
			}
			if c != '\n' {
				line = append(line, c)
			}
		}
		if err != nil {
			break
		}
	}
	if len(line) > 0 {
		onLine(trimReturn(line))
	}
}

func trimReturn(line []byte) string {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return string(line)
}
