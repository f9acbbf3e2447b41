// Package listen is the command that receives events and shows them.
//
// The flags and the configuration make a plan, which settles all that can be wrong before
// anything is listened on; a session shows and counts what arrives, and judges at the end.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "listen",
		Short: "Show the events that arrive, and what is wrong with them",
		Long: `Listen for events and show each one the moment it arrives: what it says, how it
was answered, and what Apizee's documentation says against it (✗), or does not
know (!). Any method and path is taken, so that a mistake can be seen. A --filter
is for what is shown and counted: all is answered, recorded and passed on.

Exit code 0 says that it was stopped, or that --count events came; 1 that they
did not come within --timeout, or with --strict that one broke the contract or
was refused (401, 404, 408, 413, or no whole body); 2 that some could not be
recorded; 3 that the address is taken, or that some could not be passed on; 130
that it was stopped before --count events came. A request that is no POST and
has no body, such as a check of health, is no event.`,
		Example: cli.Example(`
			# Watch what arrives
			apizee-hooks listen

			# Between Apizee and your program: watch, keep, pass on
			apizee-hooks listen --forward-to http://localhost:3000 --record events.ndjson

			# In CI: three good tickets within ten seconds, or exit code 1
			apizee-hooks listen --count 3 --timeout 10s --strict --filter object=ticket

			# An endpoint that fails now and then
			apizee-hooks listen --fail 10%:503 --delay 200ms

			# A free port, and its address for a script
			apizee-hooks listen --addr 127.0.0.1:0 -o json | jq -r 'select(.listening).listening'`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	o.addFlags(c)
	return c
}

func run(ctx context.Context, o *options) error {
	p, err := o.plan(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := newSession(p, func() { stop(errCounted) })
	server, err := receive.New(p.receive)
	if err != nil {
		return cli.Usage(err, "`apizee-hooks listen --help` lists the flags.")
	}
	l, err := receive.Listen(running, p.config.Addr)
	if err != nil {
		return cannotListen(err)
	}
	if forward := p.receive.Forward; forward != nil && forward.Reaches(running, l.Addr()) {
		l.Close()
		return cli.Usage(fmt.Errorf("--forward-to: %s is this listener itself", l.Addr()), "name the address of your own program.")
	}
	defer limitMemory(o.App)()
	s.begin(l.Addr())
	if o.timeout > 0 {
		go func() {
			if o.Sleep(running, o.timeout) == nil {
				stop(errTimeUp)
			}
		}()
	}
	served := server.Serve(running, l)
	return s.end(ctx.Err() != nil, s.verdict(context.Cause(running), served))
}

// cannotListen says how to choose another address.
func cannotListen(err error) error {
	var failure *receive.ListenError
	if !errors.As(err, &failure) {
		return err
	}
	host, port, splitErr := net.SplitHostPort(failure.Addr)
	_, portErr := net.LookupPort("tcp", port)
	switch {
	case strings.HasPrefix(failure.Addr, receive.Unix):
		return cli.Unreachable(err, "name a socket with --addr unix:PATH, in a directory that you can write to.")
	case splitErr == nil && portErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q: %q is no port; it is a number from 0 to 65535", failure.Addr, port), "port 0 is any free one.")
	case splitErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q is no address", failure.Addr), "write it as host:port, such as "+cli.DefaultAddr()+".")
	case failure.InUse:
		return cli.Unreachable(err, fmt.Sprintf("choose another port with --addr, or any free one with --addr %s.", net.JoinHostPort(host, "0")))
	}
	return cli.Unreachable(err, "choose another address with --addr, such as "+cli.DefaultAddr()+".")
}

// memory has garbage collected sooner when a crowd of senders makes the heap a large one. It is
// more than what all their requests may take: below that the collector would do nothing else.
const memory = 128 << 20

// limitMemory sets the limit of the heap, unless the user has set one, and returns what
// sets it back.
func limitMemory(app *cli.App) (back func()) {
	before := debug.SetMemoryLimit(-1)
	if _, own := app.LookupEnv("GOMEMLIMIT"); !own {
		debug.SetMemoryLimit(memory)
	}
	return func() { debug.SetMemoryLimit(before) }
}
