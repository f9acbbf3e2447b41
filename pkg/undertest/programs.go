// Package undertest starts the programs under test, waits until they respond, and stops them
// together with all processes that they started.
//
// It depends on nothing about scenarios and prints nothing: output is passed on line by line.
package undertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Options are the options of New.
type Options struct {
	Commands []string // command lines for the shell
	// Detached allows a command to exit at once with status 0, leaving its work in the
	// background.
	Detached bool
	// OnLine is called for each line of output, without its newline, and the program that
	// wrote it; one call at a time. Lines are split after 64 KiB.
	OnLine func(which Which, line string)
	// Grace is how long a program may take to stop before it is killed; 0 means 5 s.
	Grace time.Duration
}

// Which is the number of a program, from 1; 0 when there is only one.
type Which int

func (w Which) String() string {
	if w == 0 {
		return "the program under test"
	}
	return fmt.Sprintf("program %d under test", int(w))
}

// Programs are the programs under test, in order; the zero value has none. Stop must be called.
type Programs struct {
	options Options
	mark    string // the environment entry of all processes that they start

	output sync.Mutex // for one call of OnLine at a time

	mu      sync.Mutex // guards the fields below, of which all does not change after the start
	all     []*program
	killed  bool
	settled bool
	failed  error // what Failed returns once it is settled
}

// markName is the environment variable by which survivors are found.
const markName = "UNDERTEST_RUN"

// New returns programs that are not yet started.
func New(o Options) *Programs { return &Programs{options: o, mark: markName + "=" + rand.Text()} }

// Start starts the programs, each in its own process group. Kill may be called meanwhile.
func (ps *Programs) Start() error {
	for i, command := range ps.options.Commands {
		which := Which(i + 1)
		if len(ps.options.Commands) == 1 {
			which = 0
		}
		if err := ps.start(which, command); err != nil {
			ps.Kill()
			ps.Stop()
			return fmt.Errorf("start %s: %w", command, err)
		}
	}
	return nil
}

func (ps *Programs) start(which Which, command string) error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.killed {
		return errors.New("stopped")
	}
	p, err := start(command, append(os.Environ(), ps.mark), func(line string) {
		ps.output.Lock()
		defer ps.output.Unlock()
		ps.options.OnLine(which, line)
	})
	if err != nil {
		return err
	}
	p.which = which
	ps.all = append(ps.all, p)
	return nil
}

// ExitError is about a program that exited before it was stopped. It does not name the command,
// which may hold secrets.
type ExitError struct {
	Which Which
	Err   error // the *exec.ExitError; nil for status 0
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return e.Which.String() + " exited early"
	}
	return fmt.Sprintf("%s exited early: %v", e.Which, e.Err)
}

func (e *ExitError) Unwrap() error { return e.Err }

// Settle waits until all programs have exited or ctx ends, since one that crashes over the last request
// takes a moment to exit. What Failed returns does not change after that.
func (ps *Programs) Settle(ctx context.Context) {
	for _, p := range ps.all {
		select {
		case <-p.exited:
		case <-ctx.Done():
		}
	}
	ps.settle()
}

func (ps *Programs) settle() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if !ps.settled {
		ps.settled, ps.failed = true, ps.exited()
	}
}

// Failed returns an *ExitError when a program has exited by itself, preferably about one that failed;
// else nil.
func (ps *Programs) Failed() error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.settled {
		return ps.failed
	}
	return ps.exited()
}

func (ps *Programs) exited() error {
	var exited error
	for _, p := range ps.all {
		switch {
		case !isClosed(p.exited):
		case p.err != nil:
			return &ExitError{p.which, p.err}
		case exited == nil && !ps.options.Detached:
			exited = &ExitError{Which: p.which}
		}
	}
	return exited
}

// WaitFor waits until every endpoint responds. The error is an *ExitError when a program exits
// meanwhile, a *deliver.Failure when TLS cannot work, and the reason of the last attempt when ctx
// ends.
func (ps *Programs) WaitFor(ctx context.Context, endpoints ...Endpoint) error {
	for _, e := range endpoints {
		if err := e.wait(ctx, ps.Failed); err != nil {
			return err
		}
	}
	return nil
}

// Kill kills the programs and all that they started, and lets no other program start. Stop must
// still be called.
func (ps *Programs) Kill() {
	ps.settle()
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.killed = true
	for _, p := range ps.all {
		p.group.kill()
	}
}

// Stop terminates the programs, the last one first, and all that they started; what has not
// stopped in time is killed. It returns after the last line of output, and lists the survivors:
// processes that have left the process group of their program for a session of their own. Where
// the system does not show them, only one that keeps the program's output open is noticed.
func (ps *Programs) Stop() (survivors []string) {
	ps.settle()
	open := false
	for _, p := range slices.Backward(ps.all) {
		open = !p.stop(ps.options.Grace) || open
	}
	if survivors = ps.survivors(); len(survivors) == 0 && open {
		survivors = []string{"a process that keeps its output open"}
	}
	return survivors
}

// exitTimeout is how long processes may take that are about to exit by themselves.
const exitTimeout = 200 * time.Millisecond

func (ps *Programs) survivors() []string {
	if len(ps.all) == 0 {
		return nil
	}
	end := time.Now().Add(exitTimeout)
	for {
		found := marked(ps.mark, ps.all)
		if len(found) == 0 || time.Now().After(end) {
			return found
		}
		time.Sleep(pollEvery / 5)
	}
}
