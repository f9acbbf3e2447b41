package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

// readyWithin is how long --wait-for waits, "a minute" in its help.
const readyWithin = time.Minute

var errNotReady = fmt.Errorf("it took more than %s", readyWithin)

func checkEndpoint(o *options) error {
	if o.waitFor == "" {
		return nil
	}
	if _, err := undertest.ParseEndpoint(o.waitFor); err != nil {
		return cli.Usage(fmt.Errorf("--wait-for: %w", err), "")
	}
	return nil
}

// startProgram starts the program under test, and waits until it answers. There may be
// none, which is nil.
func (r *running) startProgram(ctx context.Context) (p *undertest.Program, stop func(), err error) {
	end := func() {}
	if r.options.exec != "" {
		if err = r.lookBefore(ctx); err != nil {
			return nil, nil, err
		}
		if p, err = undertest.Start(undertest.Options{Command: r.options.exec, OnLine: r.view.programLine}); err != nil {
			return nil, nil, cli.Usage(err, "--exec takes a command line for the shell.")
		}
		release := r.app.Guard(p.Kill)
		end = func() {
			p.Stop()
			release()
		}
	}
	if r.options.waitFor != "" {
		if err := r.waitUntilReady(ctx, p); err != nil {
			end()
			return nil, nil, err
		}
	}
	return p, end, nil
}

// endpoint is what --wait-for names. It is asked over connections of its own, so that the
// first event is delivered as if nobody had asked.
func (r *running) endpoint() (undertest.Endpoint, error) {
	e, err := undertest.ParseEndpoint(r.options.waitFor)
	transport := r.transport.Clone()
	transport.DisableKeepAlives = true
	e.Client = deliver.NewClient(transport, r.app.Now)
	return e, err
}

// lookBefore refuses an address that is waited for and answers already: the program could
// not use it, and another one would be tested.
func (r *running) lookBefore(ctx context.Context) error {
	endpoint, err := r.endpoint()
	if err != nil || !endpoint.Answers(ctx) {
		return nil
	}
	return cli.Unreachable(fmt.Errorf("--wait-for: %s answers before the program is started, so another one would be tested", endpoint),
		"stop what listens there; nothing was sent.")
}

// ended tells when the program has ended by itself. Where it failed, and nothing else did,
// that is the verdict: it was not tested to the end.
func (r *running) ended(p *undertest.Program, verdict error) error {
	if p == nil || p.Failed() == nil {
		return verdict
	}
	if failed := crash(p); verdict == nil && failed != nil {
		return cli.Unreachable(failed, "what answered may have been another program.")
	}
	r.app.Note(p.Failed().Error())
	return verdict
}

// crash is why the program ended in a failure, if it did.
func crash(p *undertest.Program) error {
	var how *undertest.EndedError
	if p == nil || !errors.As(p.Failed(), &how) || how.Err == nil {
		return nil
	}
	return how
}

func (r *running) waitUntilReady(ctx context.Context, p *undertest.Program) error {
	endpoint, err := r.endpoint()
	if err != nil {
		return cli.Usage(err, "")
	}
	limited, cancel := context.WithTimeoutCause(ctx, readyWithin, errNotReady)
	defer cancel()
	defer r.view.waiting(fmt.Sprintf("waiting for %s, for a minute at most", endpoint))()
	if p == nil {
		err = endpoint.Wait(limited)
	} else {
		err = p.WaitFor(limited, endpoint)
	}
	var ended *undertest.EndedError
	var failure *deliver.Failure
	switch {
	case err == nil, ctx.Err() != nil: // interrupted, the run skips every step and says so
		return nil
	case errors.As(err, &ended):
		return cli.Unreachable(err, "its output is above; nothing was sent.")
	case errors.As(err, &failure) && failure.Kind == deliver.KindTLS:
		return cli.Unreachable(fmt.Errorf("--wait-for: %w", err), show.Advise(failure)+"; nothing was sent.")
	}
	return cli.Unreachable(fmt.Errorf("--wait-for: %w", err), "check the address, and that the program listens on it; nothing was sent.")
}

// loopbackPath is the path of the documentation's example.
const loopbackPath = "apizeehooks/"

// listen makes this process the receiver.
func (r *running) listen() (stop func(), err error) {
	listener, err := r.app.StartLoopback(r.view.received)
	if err != nil {
		return nil, err
	}
	if r.delivery.To, err = deliver.ParseURL(listener.URL + loopbackPath); err != nil {
		listener.Stop()
		return nil, err
	}
	return listener.Stop, nil
}
