// Package wait is the command that waits until an endpoint responds.
package wait

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

type options struct {
	*cli.App
	endpoints []string
	timeout   time.Duration
	settings  cli.Settings // --insecure
	network   cli.Network
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "wait <URL|host:port>...",
		Short: "Wait until an endpoint responds",
		Long: `Wait until each endpoint responds: a URL must return a status below 500 to a GET, and a
host and port must accept a connection. It needs no shell, so that it can be the health
check of a container.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "every endpoint responds",
			cli.ExitUsage:       "invalid arguments or flags",
			cli.ExitUnreachable: "timed out, or waiting cannot help, as with an untrusted certificate",
			cli.ExitInterrupted: "interrupted",
		}),
		Example: cli.Example(`
			apizee-hooks wait localhost:3000 && apizee-hooks send ticket -t localhost:3000/hooks
			apizee-hooks wait http://localhost:3000/health localhost:5432 --timeout 2m
			# The health check of a container that runs apizee-hooks listen
			apizee-hooks wait --quiet --timeout 2s 127.0.0.1:8279`),
		Args: cli.Needs("a URL or host:port", math.MaxInt, "such as `apizee-hooks wait localhost:3000`."),
		RunE: func(c *cobra.Command, args []string) error {
			o.endpoints = args
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.DurationVar(&o.timeout, "timeout", time.Minute, "time limit for all endpoints together")
	cli.TextOrJSONFlag(c)
	o.network.AddFlags(c, f)
	o.settings = cli.TrackSettings(f, "insecure")
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "wait", About: "One object per endpoint, on a line of its own, in the order of the arguments.", Types: []any{responding{}}}}
}

// responding is the JSON of an endpoint that responds.
type responding struct {
	Endpoint string  `json:"endpoint" about:"URL, or host and port, in full: localhost:3000 for the argument 3000"`
	Duration float64 `json:"durationMs" about:"until it responded"`
}

func run(ctx context.Context, o *options) error {
	if o.timeout <= 0 {
		return cli.Usagef("--timeout must be greater than 0")
	}
	endpoints, err := cli.ParseEndpoints(o.endpoints)
	if err != nil {
		return cli.Usage(err, "")
	}
	loaded, err := o.Load(ctx, o.settings)
	if err != nil {
		return err
	}
	network, err := o.NetworkOf(o.network, loaded.Config.Insecure)
	if err != nil {
		return err
	}
	transport, err := o.OpenTransport(ctx, network, 0)
	if err != nil {
		return err
	}
	cli.PollOver(endpoints, transport, o.Now)
	limited, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	began := o.Now()
	var none undertest.Programs
	for _, e := range endpoints {
		err := none.WaitFor(limited, e)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case limited.Err() != nil && err != nil:
			return cli.NotReady(err, o.timeout, "", ".")
		case err != nil:
			return cli.NotReady(err, 0, "", ".")
		}
		if err := o.print(e, o.Now().Sub(began)); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) print(e undertest.Endpoint, waited time.Duration) error {
	if o.JSON {
		return o.PrintJSON(responding{e.String(), float64(waited.Microseconds()) / 1000})
	}
	if o.Quiet {
		return nil
	}
	_, err := fmt.Fprintf(o.Stdout, "%s responds after %s\n", e, console.Duration(waited))
	return err
}
