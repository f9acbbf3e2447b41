package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

// Programs are the programs under test, as flags name them.
type Programs struct {
	Commands  []string
	detached  bool
	waitFor   []string
	timeout   time.Duration
	endpoints []undertest.Endpoint
}

// AddFlags adds --exec and --wait-for to f, the flags of c.
func (p *Programs) AddFlags(c *cobra.Command, f *pflag.FlagSet) {
	f.StringArrayVar(&p.Commands, "exec", nil, "start the program under test, and stop it at the end; repeatable")
	f.BoolVar(&p.detached, "exec-detached", false, "allow commands that return at once, as docker compose up -d")
	f.StringArrayVar(&p.waitFor, "wait-for", nil, "URL or host:port to wait for; must be free before --exec; repeatable")
	f.DurationVar(&p.timeout, "wait-timeout", time.Minute, "time limit of --wait-for")
	NameArgument(f, "COMMAND", "exec")
	NameArgument(f, "URL", "wait-for")
}

// CheckFlags checks which flags are used together.
func (p *Programs) CheckFlags(f *pflag.FlagSet) error {
	if f.Changed("wait-timeout") && len(p.waitFor) == 0 {
		return Usagef("--wait-timeout requires --wait-for")
	}
	return nil
}

// Check checks the values of the flags.
func (p *Programs) Check() error {
	switch {
	case p.detached && len(p.Commands) == 0:
		return Usagef("--exec-detached requires --exec")
	case len(p.waitFor) > 0 && p.timeout <= 0:
		return Usagef("--wait-timeout must be greater than 0")
	}
	var err error
	if p.endpoints, err = ParseEndpoints(p.waitFor); err != nil {
		return Usage(fmt.Errorf("--wait-for: %w", err), "")
	}
	return nil
}

// Hint returns the next step after a failed delivery.
func (p *Programs) Hint(f *deliver.Failure) string {
	if f.Kind == deliver.KindRefused && len(p.Commands) > 0 && len(p.waitFor) == 0 {
		return "add --wait-for " + f.Address + " to wait until the program of --exec is ready"
	}
	return show.Hint(f)
}

// ProgramView shows what programs under test do.
type ProgramView struct {
	BeforeLine func()                          // before a line of output is printed
	Waiting    func(what string) (done func()) // while an endpoint does not respond
}

// UnderTest are programs under test that were started.
type UnderTest struct {
	app      *App
	programs *undertest.Programs
	output   *programOutput
	release  func() // of their guard
}

// StartPrograms starts the programs, if any, and waits until their endpoints respond, which it polls
// with the settings of a transport.
func (a *App) StartPrograms(ctx context.Context, p *Programs, transport *http.Transport, view ProgramView) (*UnderTest, error) {
	PollOver(p.endpoints, transport, a.Now)
	u := &UnderTest{a, &undertest.Programs{}, &programOutput{app: a, before: view.BeforeLine, muted: a.Quiet}, func() {}}
	if len(p.Commands) > 0 {
		if err := p.checkUnused(ctx); err != nil {
			return nil, err
		}
		u.programs = undertest.New(undertest.Options{Commands: p.Commands, Detached: p.detached, OnLine: u.output.line})
		u.release = a.Guard(u.programs.Kill) // before there is one to leave behind
		if err := u.programs.Start(); err != nil {
			u.release()
			return nil, Usage(err, "set --exec to a command line for the shell.")
		}
	}
	if err := u.wait(ctx, p, view.Waiting); err != nil {
		return nil, err
	}
	return u, nil
}

// Stop stops the programs, and what they started.
func (u *UnderTest) Stop() {
	u.app.noteSurvivors(u.programs.Stop())
	u.release()
}

// Kill kills the programs, and what they started. Stop must still be called.
func (u *UnderTest) Kill() { u.programs.Kill() }

// Mute keeps the output from now on, instead of printing it; with --verbose it does nothing.
func (u *UnderTest) Mute() { u.output.mute() }

func (a *App) noteSurvivors(survivors []string) {
	if len(survivors) > 0 {
		a.Note("still running: " + List(survivors, "and") + ", started by --exec in a session of its own; stop it yourself.")
	}
}

// checkUnused returns an error when an endpoint responds before the program is started: the
// program could not use the address, and another one would be tested.
func (p *Programs) checkUnused(ctx context.Context) error {
	for _, e := range p.endpoints {
		if e.Responds(ctx) {
			return Unreachable(fmt.Errorf("--wait-for: %s responds before the program under test is started", e),
				"stop the program that listens there; nothing was sent.")
		}
	}
	return nil
}

// exitTimeout is how long a program may take to exit that crashes over the last request.
const exitTimeout = 200 * time.Millisecond

// Settle looks for programs that exit early for the last time, so that reports agree with the exit code.
func (u *UnderTest) Settle(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, exitTimeout)
	defer cancel()
	u.programs.Settle(limited)
}

// foreground is the hint when a program exits early with status 0.
const foreground = "keep the program of --exec in the foreground, or add --exec-detached"

// Exited returns the *undertest.ExitError of a program that exited early, or nil. Unless --quiet is given,
// it is noted, and output that was kept is printed.
func (u *UnderTest) Exited() error {
	err := u.programs.Failed()
	if err == nil || u.app.Quiet {
		return err
	}
	u.output.show()
	note := err.Error()
	if u.Crash() == nil {
		note += "; " + foreground + "."
	}
	u.app.Note(note)
	return err
}

// Crash returns why a program failed, or nil if none did.
func (u *UnderTest) Crash() error { return crash(u.programs.Failed()) }

func crash(err error) error {
	var exit *undertest.ExitError
	if !errors.As(err, &exit) || exit.Err == nil {
		return nil
	}
	return exit
}

// End reports a program that exited early. If it failed and nothing else did, the command fails, since
// the program was not tested to the end.
func (u *UnderTest) End(verdict error) error {
	if crashed := u.Crash(); crashed != nil && verdict == nil {
		return Unreachable(crashed, u.output.show()+"; the run continued without it.")
	}
	_ = u.Exited()
	return verdict
}

// wait waits until the endpoints respond. Before it returns an error, it stops the programs.
func (u *UnderTest) wait(ctx context.Context, p *Programs, waiting func(string) func()) error {
	if len(p.endpoints) == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	var names []string
	for _, e := range p.endpoints {
		names = append(names, e.String())
	}
	defer waiting(fmt.Sprintf("waiting for %s (timeout: %s)", List(names, "and"), p.timeout))()
	err := u.programs.WaitFor(limited, p.endpoints...)
	if err == nil || ctx.Err() != nil { // when interrupted, the command skips everything
		return nil
	}
	timeout := p.timeout
	if limited.Err() == nil {
		timeout = 0
	}
	u.Stop()
	hint := u.output.show()
	var exited *undertest.ExitError
	switch {
	case errors.As(err, &exited) && exited.Err == nil:
		return Unreachable(err, foreground+"; nothing was sent.")
	case exited != nil:
		return Unreachable(err, hint+"; nothing was sent.")
	}
	return NotReady(err, timeout, "--wait-for: ", "; nothing was sent.")
}
