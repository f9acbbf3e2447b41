package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

func (r *running) checkEndpoints() error {
	o := r.options
	switch {
	case o.detached && len(o.exec) == 0:
		return cli.Usagef("--exec-detached requires --exec")
	case len(o.waitFor) > 0 && o.waitTimeout <= 0:
		return cli.Usagef("--wait-timeout must be greater than 0")
	}
	var err error
	if r.endpoints, err = cli.ParseEndpoints(o.waitFor); err != nil {
		return cli.Usage(fmt.Errorf("--wait-for: %w", err), "")
	}
	return nil
}

// startPrograms starts the programs under test, if any, and waits until the endpoints respond.
func (r *running) startPrograms(ctx context.Context) (p *undertest.Programs, stop func(), err error) {
	cli.PollOver(r.endpoints, r.transport, r.app.Now)
	p, stop = &undertest.Programs{}, func() {}
	if len(r.options.exec) > 0 {
		if err := r.checkUnused(ctx); err != nil {
			return nil, nil, err
		}
		p = undertest.New(undertest.Options{
			Commands: r.options.exec, Detached: r.options.detached, OnLine: r.view.programLine,
		})
		release := r.app.Guard(p.Kill) // before there is one to leave behind
		if err := p.Start(); err != nil {
			release()
			return nil, nil, cli.Usage(err, "set --exec to a command line for the shell.")
		}
		stop = func() {
			r.noteSurvivors(p.Stop())
			release()
		}
	}
	if err := r.waitUntilReady(ctx, p); err != nil {
		stop()
		return nil, nil, err
	}
	return p, stop, nil
}

func (r *running) noteSurvivors(survivors []string) {
	if len(survivors) > 0 {
		r.app.Note("still running: " + cli.List(survivors, "and") + ", started by --exec in a session of its own; stop it yourself.")
	}
}

// checkUnused returns an error when an endpoint responds before the program is started: the
// program could not use the address, and another one would be tested.
func (r *running) checkUnused(ctx context.Context) error {
	for _, e := range r.endpoints {
		if e.Responds(ctx) {
			return cli.Unreachable(fmt.Errorf("--wait-for: %s responds before the program under test is started", e),
				"stop the program that listens there; nothing was sent.")
		}
	}
	return nil
}

// foreground is the hint when a program exits early with status 0.
const foreground = "keep the program of --exec in the foreground, or add --exec-detached"

// ended reports a program that exited early. If it failed and nothing else did, the run fails,
// since the program was not tested to the end.
func (r *running) ended(p *undertest.Programs, verdict error) error {
	failed := p.Failed()
	switch crashed := crash(p); {
	case failed == nil:
		return verdict
	case crashed == nil:
		r.app.Note(failed.Error() + "; " + foreground + ".")
		return verdict
	case verdict == nil:
		return cli.Unreachable(crashed, "see its output above; the run continued without it.")
	}
	r.app.Note(failed.Error())
	return verdict
}

// crash returns why a program failed, or nil if none did.
func crash(p *undertest.Programs) error {
	var exit *undertest.ExitError
	if !errors.As(p.Failed(), &exit) || exit.Err == nil {
		return nil
	}
	return exit
}

func (r *running) waitUntilReady(ctx context.Context, p *undertest.Programs) error {
	if len(r.endpoints) == 0 {
		return nil
	}
	timeout := r.options.waitTimeout
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var names []string
	for _, e := range r.endpoints {
		names = append(names, e.String())
	}
	defer r.view.waiting(fmt.Sprintf("waiting for %s (timeout: %s)", cli.List(names, "and"), timeout))()
	err := p.WaitFor(limited, r.endpoints...)
	var exited *undertest.ExitError
	switch {
	case err == nil, ctx.Err() != nil: // when interrupted, the run skips every step
		return nil
	case errors.As(err, &exited) && exited.Err == nil:
		return cli.Unreachable(err, foreground+"; nothing was sent.")
	case errors.As(err, &exited):
		return cli.Unreachable(err, "see its output above; nothing was sent.")
	}
	if limited.Err() == nil {
		timeout = 0
	}
	return cli.NotReady(err, timeout, "--wait-for: ", "; nothing was sent.")
}
