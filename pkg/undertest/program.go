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
	// drainTimeout is how long output may still arrive after everything was stopped.
	drainTimeout = time.Second
)

// program is a program that was started.
type program struct {
	which   Which
	command *exec.Cmd
	group   group
	output  *os.File
	read    chan struct{} // closed at the end of the output
	exited  chan struct{} // closed when the program itself has exited
	err     error         // its exit status; to be read after exited
	once    sync.Once
	drained bool // whether the output ended with the group
}

func start(line string, env []string, onLine func(string)) (*program, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &program{command: shell(line), output: reader, read: make(chan struct{}), exited: make(chan struct{})}
	p.command.Env, p.command.Stdout, p.command.Stderr = env, writer, writer
	err = p.command.Start()
	_ = writer.Close() // the program has a copy
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
		defer close(p.exited)
		p.err = p.command.Wait()
	}()
	go func() {
		defer close(p.read)
		eachLine(reader, onLine)
	}()
	return p, nil
}

// stop terminates the program and its group, and kills what has not stopped in time. It reports
// whether the output has ended.
func (p *program) stop(grace time.Duration) (drained bool) {
	p.once.Do(func() {
		p.group.terminate()
		p.await(grace)
		p.group.kill()
		<-p.exited
		p.drained = p.drain()
		p.group.close()
	})
	return p.drained
}

// await waits for the whole group, which may outlive the program itself. Once the program has
// exited and its output is closed, it does not: what counts as alive then are zombies, as in a
// container without an init process.
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
		if isClosed(p.exited) && isClosed(p.read) {
			return
		}
	}
}

// drain waits for the end of the output, which a process outside the group may keep open.
func (p *program) drain() bool {
	defer p.output.Close()
	select {
	case <-p.read:
		return true
	case <-time.After(drainTimeout):
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
