// Package load is the command that sends events at a rate and measures latency and errors.
package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/load"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

type options struct {
	*cli.App
	cli.Connection
	cli.Stream
	rated      bool // --rate was given
	ramp       string
	duration   time.Duration
	maxWorkers int
	fault      fault.Fault
	reports    cli.Reports
	failIf     []load.Condition
	targets    bool
	cli.AllowedHosts
}

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, Stream: cli.Stream{Rate: generate.Rate{Count: 50, Per: time.Second}, Mix: generate.DefaultMix(app.Catalog)}}
	c := &cobra.Command{
		Use:   "load",
		Short: "Send events at a rate, and measure latency and errors",
		Long: `Send distinct generated events at a constant or changing rate. Events are sent on
schedule even while earlier ones wait, so a stall shows in every latency it
causes. Only this machine is loaded, unless --allow-host names another host.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "all events sent and accepted; with --fail-if: no condition met",
			cli.ExitNegative:    "an event not sent or not accepted; with --fail-if: a condition met",
			cli.ExitUsage:       "invalid flags or configuration, nothing was sent; or a report could not be written",
			cli.ExitUnreachable: "no response",
		}),
		Example: cli.Example(`
			apizee-hooks load -t localhost:3000/hooks --ramp 1/s..500/s --duration 1m --report html=load.html
			# Fail in CI if the endpoint is slow or rejects events
			apizee-hooks load -t localhost:3000/hooks --fail-if 'p99>200ms' --fail-if 'success<99.9%'
			# Inject a fault into each delivery
			apizee-hooks load -t localhost:3000/hooks --fault duplicate
			# Print the requests for vegeta, which can send them from several machines
			apizee-hooks load -t http://staging.example.com/hooks --rate 500/s --duration 30s --targets |
			  vegeta attack -format json -lazy -rate 500/s -duration 30s > results.bin`),
		Args: cli.AtMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			o.rated = c.Flags().Changed("rate")
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	cli.FaultFlag(c, f, &o.fault, func(fault.Fault) bool { return true })
	o.Stream.AddFlags(c, app.Catalog, "events per second, minute or hour, such as 500/s", "50/s", "500/s", "30/m")
	f.StringVar(&o.ramp, "ramp", "", "rate at the beginning and at the end, such as 1/s..500/s")
	f.DurationVar(&o.duration, "duration", 10*time.Second, "length of the load")
	cli.CountFlag(f, &o.maxWorkers, "max-workers", load.DefaultMaxWorkers, "maximum number of concurrent deliveries")
	cli.TextOrJSONFlag(c)
	cli.ReportFlag(c, &o.reports, "json", "html", "hdr")
	f.Var(cli.Repeated[load.Condition]{List: &o.failIf, Parse: load.ParseCondition, Form: "CONDITION"}, "fail-if", "condition of exit code 1, such as 'p99>200ms' (see 'help measures'); repeatable")
	f.BoolVar(&o.targets, "targets", false, "print the requests as vegeta's JSON targets, and send nothing")
	o.AllowedHosts.AddFlag(c, f, "other host that may be loaded; repeatable")
	cli.NameArgument(f, "RATE..RATE", "ramp")
	cli.Complete(c, "ramp", cli.Words([]string{"1/s..500/s"}))
	cli.Complete(c, "fail-if", completeMeasures)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "load", About: "One object at the end, as in --report json=FILE.", Types: []any{load.Document{}}}}
}

func run(ctx context.Context, o *options) error {
	pace, err := o.pace()
	if err != nil {
		return err
	}
	if o.targets && (o.fault.Name != "" || len(o.failIf) > 0 || o.reports.Any()) {
		return cli.Usage(errors.New("--targets sends nothing, and cannot be used with --fault, --fail-if or --report"), "omit them, or --targets.")
	}
	settings, target, err := o.Endpoint(ctx, &o.Connection)
	if err != nil {
		return err
	}
	network, err := o.NetworkOf(o.Network, settings.Insecure)
	if err != nil {
		return err
	}
	network.LocalOnly = !deliver.IsAllowed(target.URL.Hostname(), o.Hosts)
	seed := o.Seed.Or(o.Random)
	spec := load.Options{
		Target: target, Next: o.stream(seed, pace).Next, Pace: pace, Timeout: settings.Timeout,
		MaxWorkers: o.maxWorkers, Fault: o.fault, Seed: seed, Now: o.Now, Sleep: o.Sleep,
	}
	if o.targets {
		return printTargets(ctx, o, spec)
	}
	if err := o.AllowedHosts.Check(ctx, target.URL, network); err != nil {
		return err
	}
	if o.fault.UsesProxy() {
		o.NoteProxy(network, target.URL)
	}
	if spec.Transport, err = o.OpenTransport(ctx, network, o.maxWorkers); err != nil {
		return err
	}
	return send(ctx, o, spec)
}

// pace returns the pace that the flags describe.
func (o *options) pace() (load.Pace, error) {
	switch {
	case o.duration <= 0:
		return load.Pace{}, cli.Usagef("--duration %s: must be greater than 0", o.duration)
	case o.ramp == "":
		return load.Constant(o.Rate, o.duration), nil
	case o.rated:
		return load.Pace{}, cli.Usage(errors.New("--rate cannot be used with --ramp"), "use one of them.")
	}
	pace, err := load.ParseRamp(o.ramp, o.duration)
	if err != nil {
		return load.Pace{}, cli.Usage(fmt.Errorf("--ramp %q: %w", o.ramp, err), "")
	}
	return pace, nil
}

// stream returns events whose times advance at the rate of the load.
func (o *options) stream(seed uint64, pace load.Pace) *generate.Stream {
	return generate.New(generate.Options{Catalog: o.Catalog, Seed: seed, Start: o.Now(), Rate: pace.To, Mix: o.Mix})
}

func printTargets(ctx context.Context, o *options, spec load.Options) error {
	out := bufio.NewWriterSize(o.Stdout, 64<<10)
	err := load.WriteTargets(ctx, out, spec, o.ShowSecrets)
	if problem := out.Flush(); err == nil {
		err = problem
	}
	if err == nil && !o.ShowSecrets && spec.Target.HasSecret() {
		o.Note("secrets are masked as " + redact.Masked + ", also for vegeta; use --show-secrets to print them.")
	}
	return err
}

// send sends the load and reports the outcome.
func send(ctx context.Context, o *options, spec load.Options) error {
	o.reports.Keep(o.Network.Files()...)
	o.reports.OutputReport()
	if err := o.PrepareReports(&o.reports); err != nil {
		return err
	}
	o.OutliveReader()
	printer := newPrinter(o, spec)
	spec.OnProgress = printer.progress
	printer.begin()
	outcome := load.Run(ctx, spec)
	printer.end(outcome)
	writers := map[string]func(io.Writer) error{"json": outcome.WriteJSON, "html": outcome.WriteHTML, "hdr": outcome.WriteHDR}
	if err := o.WriteReports(&o.reports, writers); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return cli.Interrupted()
	}
	return printer.verdict(outcome)
}

func completeMeasures(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	words := []string{"p99>\tlatency of 99%", "p50>\tmedian latency"}
	for _, m := range load.Measures()[1:] {
		words = append(words, m.Name+"\t"+m.Meaning)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
