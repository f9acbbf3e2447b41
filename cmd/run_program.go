package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	undertest "github.com/apizee-hooks/apizee-hooks/pkg/scenario/program"
)

// readyWithin is how long --wait-for waits.
const readyWithin = time.Minute

var errNotReady = fmt.Errorf("it took more than %s", readyWithin)

func checkEndpoint(o *runOptions) error {
	if o.waitFor == "" {
		return nil
	}
	if _, err := undertest.ParseEndpoint(o.waitFor); err != nil {
		return usage(fmt.Errorf("--wait-for: %w", err), "")
	}
	return nil
}

// startProgram starts the program under test, and waits until it answers. What
// it returns stops the program; there may be none.
func (r *running) startProgram(ctx context.Context) (stop func(), err error) {
	end := func() {}
	var p *undertest.Program
	if r.options.exec != "" {
		if p, err = undertest.Start(undertest.Options{Command: r.options.exec, OnLine: r.view.programLine}); err != nil {
			return end, usage(err, "--exec takes a command line for the shell.")
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
			return func() {}, err
		}
	}
	return func() {
		if p != nil && p.Failed() != nil {
			r.app.note(p.Failed().Error())
		}
		end()
	}, nil
}

func (r *running) waitUntilReady(ctx context.Context, p *undertest.Program) error {
	endpoint, err := undertest.ParseEndpoint(r.options.waitFor)
	if err != nil {
		return usage(err, "")
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
	switch {
	case err == nil, ctx.Err() != nil: // interrupted, the run skips every step and says so
		return nil
	case errors.As(err, &ended):
		return &exit{exitUnreachable, err, "its output is above; nothing was sent."}
	}
	return &exit{exitUnreachable, fmt.Errorf("--wait-for: %w", err), "check the address, and that the program listens on it; nothing was sent."}
}

// loopbackPath is the path of the documentation's example.
const loopbackPath = "apizeehooks/"

// listen makes this process the receiver.
func (r *running) listen() (stop func(), err error) {
	listener, err := r.app.startLoopback(r.view.received)
	if err != nil {
		return nil, err
	}
	if r.delivery.To, err = deliver.ParseURL(listener.url + loopbackPath); err != nil {
		listener.stop()
		return nil, err
	}
	return listener.stop, nil
}
