package undertest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"time"
)

const (
	defaultGrace = 5 * time.Second
	// drain is how long output may still come after everything was stopped.
	drain = time.Second
)

// program is one program that was started.
type program struct {
	which   Which
	command *exec.Cmd
	group   group
	output  *os.File
	read    chan struct{} // closed when the output has ended
	ended   chan struct{} // closed when the program itself has
	err     error         // why it ended; to be read after ended
	once    sync.Once
	drained bool // says that the output ended when the group did
}

func start(line string, env []string, onLine func(string)) (*program, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &program{command: shell(line), output: reader, read: make(chan struct{}), ended: make(chan struct{})}
	p.command.Env, p.command.Stdout, p.command.Stderr = env, writer, writer
	err = p.command.Start()
	_ = writer.Close() // the program has its own copy
	if err != nil {
		_ = reader.Close()
		return nil, err
	}
	if p.group, err = groupOf(p.command); err != nil {
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
		_ = reader.Close()
		return nil, err
	}
	go func() {
		defer close(p.ended)
		p.err = p.command.Wait()
	}()
	go func() {
		defer close(p.read)
		eachLine(reader, onLine)
	}()
	return p, nil
}

// stop asks the program and its group to stop, and ends what has not stopped in time. It
// reports whether nobody holds the output any more.
func (p *program) stop(grace time.Duration) (drained bool) {
	p.once.Do(func() {
		p.group.ask()
		p.await(grace)
		p.group.end()
		<-p.ended
		p.drained = p.drain()
		p.group.close()
	})
	return p.drained
}

// await gives the whole group its time, which may outlive the program itself.
// When the program has ended and nobody holds its output, there is none to wait
// for: what counts as alive then are dead children that nobody collects, as in
// a container without an init process.
func (p *program) await(grace time.Duration) {
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
		if isClosed(p.ended) && isClosed(p.read) {
			return
		}
	}
}

// drain waits for the end of the output, which something outside the group may
// hold open.
func (p *program) drain() bool {
	defer p.output.Close()
	select {
	case <-p.read:
		return true
	case <-time.After(drain):
		_ = p.output.SetReadDeadline(time.Now())
		<-p.read
		return false
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
