// Package listen is the command that receives events and shows them.
//
// Flags and configuration make a plan, which reports every error before listening; a session shows and
// counts events, and returns the verdict.
package listen

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:        "listen",
		SuggestFor: []string{"forward", "record", "serve", "server", "tail", "watch"},
		Short:      "Receive, show and check events",
		Long: `Receive events and show each one as it arrives: its contents, the response, and
how it differs from Apizee's documentation (✗ error, ! warning). All methods and
paths are accepted; an empty request other than POST is not an event.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "stopped, or --count reached",
			cli.ExitNegative:    "timed out before --count; with --strict: an event was invalid, refused or breaking",
			cli.ExitUsage:       "invalid flags or configuration; or an event could not be recorded",
			cli.ExitUnreachable: "the address is in use; or an event could not be forwarded",
			cli.ExitInterrupted: "interrupted before --count",
		}),
		Example: cli.Example(`
			apizee-hooks listen --inspect --forward-to http://localhost:3000 --record events.ndjson
			apizee-hooks listen --count 3 --timeout 10s --strict --filter object=ticket`),
		Args: cli.AtMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.drift.Check(c); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	o.addFlags(c)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{
		Name: "listen", About: "The address, then one object per received request, on a line of its own.", Types: show.ReceptionJSON(),
	}}
}

func run(ctx context.Context, o *options) error {
	p, err := o.plan(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	limited, expire := context.WithCancelCause(ctx) // after --count, the output may take until then
	defer expire(nil)
	running, stop := context.WithCancelCause(limited)
	s := newSession(p, func() { stop(errCounted) })
	server, err := receive.New(p.receive)
	if err != nil {
		return cli.Usage(err, "`apizee-hooks listen --help` lists the flags.")
	}
	l, err := receive.Listen(running, p.config.Addr)
	if err != nil {
		return cli.CannotListen(err, cli.AddressFlag{
			Name: "--addr", Place: p.loaded.Place("listen.addr"), Joint: " ", Default: config.Default("listen.addr"), Forms: "a port, host:port or unix:PATH",
		})
	}
	if forward := p.receive.Forward; forward != nil && forward.Reaches(running, l.Addr()) {
		l.Close()
		return cli.Usage(fmt.Errorf("%s: %s is the listener itself", p.loaded.Place("listen.forward-to"), l.Addr()), "use the URL of your endpoint.")
	}
	if err := s.startInspector(running, l.Addr()); err != nil {
		l.Close()
		return err
	}
	defer s.inspection.close()
	defer o.LimitMemory(memory + s.inspectMemory)()
	s.begin(l.Addr())
	if o.timeout > 0 {
		go func() {
			if o.Sleep(limited, o.timeout) == nil {
				expire(errTimedOut)
			}
		}()
	}
	served := server.Serve(running, l)
	return s.end(limited, s.verdict(context.Cause(running), served))
}

// memory is the soft memory limit, so that garbage is collected sooner with many senders. It is more than
// all their requests can use: below that the collector would never stop.
const memory = 128 << 20
