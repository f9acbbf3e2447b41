// Package listen is the command that receives events and shows them.
//
// Flags and configuration make a plan, which reports every error before listening; a session shows and
// counts events, and returns the verdict.
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

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "listen",
		Short: "Receive, show and check events",
		Long: `Receive events and show each one as it arrives: its contents, the response, and
how it differs from Apizee's documentation (✗ error, ! warning). All methods and
paths are accepted; an empty request other than POST is not an event. --filter
limits what is shown and counted, not what is recorded and forwarded.`,
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
		return cli.Usage(fmt.Errorf("--forward-to: %s is the listener itself", l.Addr()), "use the URL of your endpoint.")
	}
	defer limitMemory(o.App)()
	s.begin(l.Addr())
	if o.timeout > 0 {
		go func() {
			if o.Sleep(running, o.timeout) == nil {
				stop(errTimedOut)
			}
		}()
	}
	served := server.Serve(running, l)
	return s.end(ctx.Err() != nil, s.verdict(context.Cause(running), served))
}

// cannotListen returns the error with a hint for another address.
func cannotListen(err error) error {
	var failure *receive.ListenError
	if !errors.As(err, &failure) {
		return err
	}
	host, port, splitErr := net.SplitHostPort(failure.Addr)
	_, portErr := net.LookupPort("tcp", port)
	switch {
	case strings.HasPrefix(failure.Addr, receive.Unix):
		return cli.Unreachable(err, "use --addr unix:PATH in a directory that you can write to.")
	case splitErr == nil && portErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q: %q is not a valid port", failure.Addr, port), "use a port from 0 to 65535, where 0 is any free one.")
	case splitErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q is not a valid address", failure.Addr), "use a port, host:port or unix:PATH, such as "+defaultAddr()+".")
	case failure.InUse:
		return cli.Unreachable(err, fmt.Sprintf("use another port, or any free one with --addr %s.", net.JoinHostPort(host, "0")))
	}
	return cli.Unreachable(err, "use another address, such as --addr "+defaultAddr()+".")
}

// memory is the soft memory limit, so that garbage is collected sooner with many senders. It is more than
// all their requests can use: below that the collector would never stop.
const memory = 128 << 20

// limitMemory sets the memory limit, unless the user has set one, and returns a function that restores it.
func limitMemory(app *cli.App) (restore func()) {
	before := debug.SetMemoryLimit(-1)
	if _, own := app.LookupEnv("GOMEMLIMIT"); !own {
		debug.SetMemoryLimit(memory)
	}
	return func() { debug.SetMemoryLimit(before) }
}
