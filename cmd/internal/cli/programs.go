package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
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
	for _, name := range []string{"exec", "wait-for", "wait-timeout"} {
		Complete(c, name, Nothing)
	}
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

// ProgramView shows what programs under test do.
type ProgramView struct {
	OnLine  func(which undertest.Which, line string) // for each line of output
	Waiting func(what string) (done func())          // while an endpoint does not respond
}

// StartPrograms starts the programs, if any, and waits until their endpoints respond, which it polls
// with the settings of a transport. stop stops them, and what they started.
func (a *App) StartPrograms(ctx context.Context, p *Programs, transport *http.Transport, view ProgramView) (started *undertest.Programs, stop func(), err error) {
	PollOver(p.endpoints, transport, a.Now)
	started, stop = &undertest.Programs{}, func() {}
	if len(p.Commands) > 0 {
		if err := p.checkUnused(ctx); err != nil {
			return nil, nil, err
		}
		started = undertest.New(undertest.Options{Commands: p.Commands, Detached: p.detached, OnLine: view.OnLine})
		release := a.Guard(started.Kill) // before there is one to leave behind
		if err := started.Start(); err != nil {
			release()
			return nil, nil, Usage(err, "set --exec to a command line for the shell.")
		}
		stop = func() {
			a.noteSurvivors(started.Stop())
			release()
		}
	}
	if err := p.wait(ctx, started, view.Waiting); err != nil {
		stop()
		return nil, nil, err
	}
	return started, stop, nil
}

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

// foreground is the hint when a program exits early with status 0.
const foreground = "keep the program of --exec in the foreground, or add --exec-detached"

// ProgramsEnded reports a program that exited early. If it failed and nothing else did, the command
// fails, since the program was not tested to the end.
func (a *App) ProgramsEnded(started *undertest.Programs, verdict error) error {
	failed := started.Failed()
	switch crashed := Crash(started); {
	case failed == nil:
		return verdict
	case crashed == nil:
		a.Note(failed.Error() + "; " + foreground + ".")
		return verdict
	case verdict == nil:
		return Unreachable(crashed, "see its output above; the run continued without it.")
	}
	a.Note(failed.Error())
	return verdict
}

// Crash returns why a program failed, or nil if none did.
func Crash(started *undertest.Programs) error {
	var exit *undertest.ExitError
	if !errors.As(started.Failed(), &exit) || exit.Err == nil {
		return nil
	}
	return exit
}

func (p *Programs) wait(ctx context.Context, started *undertest.Programs, waiting func(string) func()) error {
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
	err := started.WaitFor(limited, p.endpoints...)
	var exited *undertest.ExitError
	switch {
	case err == nil, ctx.Err() != nil: // when interrupted, the command skips everything
		return nil
	case errors.As(err, &exited) && exited.Err == nil:
		return Unreachable(err, foreground+"; nothing was sent.")
	case errors.As(err, &exited):
		return Unreachable(err, "see its output above; nothing was sent.")
	}
	timeout := p.timeout
	if limited.Err() == nil {
		timeout = 0
	}
	return NotReady(err, timeout, "--wait-for: ", "; nothing was sent.")
}

// ProgramLine prints a line of output of a program under test.
func (a *App) ProgramLine(which undertest.Which, line string) {
	name := "app"
	if which > 0 {
		name = fmt.Sprintf("app %d", which)
	}
	if a.JSON {
		a.stderrJSON(a.Stderr, ProgramLineJSON{name, a.Mask(line)})
		return
	}
	line = strings.ReplaceAll(line, "\t", "    ")
	fmt.Fprintf(a.Stderr, "%s\n", a.Err().Dim(name+" | "+console.Safe(line)))
}
