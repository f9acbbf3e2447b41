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
		Short: "Receive, show and check events",
		Long: `Receive events and show each one as it arrives: its contents, the response, and
how it differs from Apizee's documentation (✗ error, ! warning). All methods and
paths are accepted, so that mistakes show up. --filter limits what is shown and
counted; all events are still responded to, recorded and forwarded. An empty request
other than POST is not an event.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "stopped, or --count reached",
			cli.ExitNegative:    "timed out before --count; with --strict: an event was invalid or refused",
			cli.ExitUsage:       "invalid flags or configuration; or an event could not be recorded",
			cli.ExitUnreachable: "the address is in use; or an event could not be forwarded",
			cli.ExitInterrupted: "interrupted before --count",
		}),
		Example: cli.Example(`
			# Between Apizee and your program: show, record, forward
			apizee-hooks listen --forward-to http://localhost:3000 --record events.ndjson
			# In CI: expect three valid tickets within ten seconds
			apizee-hooks listen --count 3 --timeout 10s --strict --filter object=ticket
			# Any free port, and its URL for a script
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
