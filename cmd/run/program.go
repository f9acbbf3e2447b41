package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

func (r *running) checkEndpoints() error {
	o := r.options
	switch {
	case o.detached && len(o.exec) == 0:
		return cli.Usagef("--exec-detached requires --exec")
	case len(o.waitFor) > 0 && o.waitLimit <= 0:
		return cli.Usagef("--wait-timeout must be more than 0")
	}
	for _, name := range o.waitFor {
		e, err := undertest.ParseEndpoint(name)
		if err != nil {
			return cli.Usage(fmt.Errorf("--wait-for: %w", err), "")
		}
		r.endpoints = append(r.endpoints, e)
	}
	return nil
}

// startPrograms starts the programs under test, and waits until they respond. There may be
// none.
func (r *running) startPrograms(ctx context.Context) (p *undertest.Programs, stop func(), err error) {
	// Endpoints are asked over connections of their own, so that the first event is delivered
	// as if nobody had asked.
	transport := r.transport.Clone()
	transport.DisableKeepAlives = true
	for i := range r.endpoints {
		r.endpoints[i].Client, r.endpoints[i].Dial = deliver.NewClient(transport, r.app.Now), transport.DialContext
	}
	p, stop = &undertest.Programs{}, func() {}
	if len(r.options.exec) > 0 {
		if err := r.lookBefore(ctx); err != nil {
			return nil, nil, err
		}
		p = undertest.New(undertest.Options{
			Commands: r.options.exec, Detached: r.options.detached, OnLine: r.view.programLine,
		})
		release := r.app.Guard(p.Kill) // before there is one to leave behind
		if err := p.Start(); err != nil {
			release()
			return nil, nil, cli.Usage(err, "--exec takes a command line for the shell.")
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
		r.app.Note("still running, started by --exec in a session of its own: " + cli.List(survivors, "and") + "; stop it yourself.")
	}
}

// lookBefore refuses an address that is waited for and responds already: the program could
// not use it, and another one would be tested.
func (r *running) lookBefore(ctx context.Context) error {
	for _, e := range r.endpoints {
		if e.Answers(ctx) {
			return cli.Unreachable(fmt.Errorf("--wait-for: %s answers before the program is started, so another one would be tested", e),
				"stop what listens there; nothing was sent.")
		}
	}
	return nil
}

// foreground is what to do about a program that ended well when it was to go on.
const foreground = "a program of --exec must stay in the foreground; with --exec-detached it may return at once"

// ended tells when a program has ended by itself. Where it failed, and nothing else did,
// that is the verdict: it was not tested to the end.
func (r *running) ended(p *undertest.Programs, verdict error) error {
	failed := p.Failed()
	switch crashed := crash(p); {
	case failed == nil:
		return verdict
	case crashed == nil:
		r.app.Note(failed.Error() + "; " + foreground + ".")
		return verdict
	case verdict == nil:
		return cli.Unreachable(crashed, "what answered may have been another program.")
	}
	r.app.Note(failed.Error())
	return verdict
}

// crash is why a program ended in a failure, if one did.
func crash(p *undertest.Programs) error {
	var how *undertest.EndedError
	if !errors.As(p.Failed(), &how) || how.Err == nil {
		return nil
	}
	return how
}

func (r *running) waitUntilReady(ctx context.Context, p *undertest.Programs) error {
	if len(r.endpoints) == 0 {
		return nil
	}
	limit := r.options.waitLimit
	limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took more than %s", limit))
	defer cancel()
	var names []string
	for _, e := range r.endpoints {
		names = append(names, e.String())
	}
	defer r.view.waiting(fmt.Sprintf("waiting for %s, for %s at most", cli.List(names, "and"), limit))()
	err := p.WaitFor(limited, r.endpoints...)
	var ended *undertest.EndedError
	var failure *deliver.Failure
	switch {
	case err == nil, ctx.Err() != nil: // interrupted, the run skips every step and says so
		return nil
	case errors.As(err, &ended) && ended.Err == nil:
		return cli.Unreachable(err, foreground+"; nothing was sent.")
	case errors.As(err, &ended):
		return cli.Unreachable(err, "its output is above; nothing was sent.")
	case errors.As(err, &failure) && failure.Kind == deliver.KindTLS:
		return cli.Unreachable(fmt.Errorf("--wait-for: %w", err), show.Hint(failure)+"; nothing was sent.")
	}
	return cli.Unreachable(fmt.Errorf("--wait-for: %w", err), "check the address, and that the program listens on it; nothing was sent.")
}
