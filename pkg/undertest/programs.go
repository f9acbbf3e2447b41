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

// Options say what to start.
type Options struct {
	Commands []string // command lines for the shell
	// Detached says that a command may return at once and leave its work in the background.
	Detached bool
	// OnLine is given each line of output, without its newline, and which of the commands
	// wrote it; one call at a time. A line is cut after 64 KiB.
	OnLine func(which Which, line string)
	// Grace is how long a program may take to stop when asked; 0 means 5 s.
	Grace time.Duration
}

// Which of several programs it is, from 1; 0 where there is but one.
type Which int

func (w Which) String() string {
	if w == 0 {
		return "the program under test"
	}
	return fmt.Sprintf("program %d under test", int(w))
}

// Programs are those that were started, in their order; the zero value is none. They must be
// stopped.
type Programs struct {
	options Options
	mark    string // the entry in the environment of everything that they start

	output sync.Mutex // lets one line at a time be handed on

	mu     sync.Mutex // guards what follows, while programs are being started
	all    []*program
	killed bool
}

// markName is the variable by which survivors are found.
const markName = "UNDERTEST_RUN"

// New returns programs that have to be started yet.
func New(o Options) *Programs { return &Programs{options: o, mark: markName + "=" + rand.Text()} }

// Start starts the programs, each in a process group of its own. Kill may come meanwhile.
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
		return errors.New("it is no longer wanted")
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

// EndedError says that a program ended though it was to go on. It does not name the
// command, which may hold secrets.
type EndedError struct {
	Which Which
	Err   error // how it ended; nil when it ended well
}

func (e *EndedError) Error() string {
	if e.Err == nil {
		return e.Which.String() + " ended already"
	}
	return fmt.Sprintf("%s ended: %v", e.Which, e.Err)
}

func (e *EndedError) Unwrap() error { return e.Err }

// Failed is an *EndedError when a program has ended, one that failed before one that ended
// well; else nil.
func (ps *Programs) Failed() error {
	var well error
	for _, p := range ps.all {
		switch {
		case !isClosed(p.ended):
		case p.err != nil:
			return &EndedError{p.which, p.err}
		case well == nil && !ps.options.Detached:
			well = &EndedError{Which: p.which}
		}
	}
	return well
}

// WaitFor waits until every endpoint responds. It fails early with an *EndedError when a
// program ends meanwhile, with a *deliver.Failure when TLS will never come about, and with ctx's
// error when that ends; the last reason why there was no response goes with it.
func (ps *Programs) WaitFor(ctx context.Context, endpoints ...Endpoint) error {
	for _, e := range endpoints {
		if err := e.wait(ctx, ps.Failed); err != nil {
			return err
		}
	}
	return nil
}

// Kill ends the programs and all that they started, without asking, and lets no other one
// start. They must be stopped all the same.
func (ps *Programs) Kill() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.killed = true
	for _, p := range ps.all {
		p.group.end()
	}
}

// Stop asks the programs, the last one first, and all that they started to stop, and ends what
// has not stopped in time. It returns when all output was handed on, and names what it could
// not stop: processes that have left the group of their program, for a session of their own.
// Where the system does not show them, only one that holds the program's output is noticed.
func (ps *Programs) Stop() (survivors []string) {
	holds := false
	for _, p := range slices.Backward(ps.all) {
		holds = !p.stop(ps.options.Grace) || holds
	}
	if survivors = ps.survivors(); len(survivors) == 0 && holds {
		survivors = []string{"a process that still holds its output"}
	}
	return survivors
}

// leaving is how long a survivor may take that is about to end by itself.
const leaving = 200 * time.Millisecond

func (ps *Programs) survivors() []string {
	end := time.Now().Add(leaving)
	for {
		found := marked(ps.mark, ps.all)
		if len(found) == 0 || time.Now().After(end) {
			return found
		}
		time.Sleep(pollEvery / 5)
	}
}
