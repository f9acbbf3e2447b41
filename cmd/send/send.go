// Package send is the command that builds an event and delivers it.
package send

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// New returns the command, with a subcommand per documented object.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:        "send [" + strings.Join(app.Catalog.ObjectNames(), "|") + "]",
		SuggestFor: []string{"emit", "fire", "post", "trigger"},
		Short:      "Send an event to your endpoint",
		Long: `Build an event and send it with the method, headers and body that Apizee documents.
Without flags, an example of the object is sent with the current time. An event
can also come from a template or from your own JSON.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "accepted: every response is 2xx",
			cli.ExitNegative:    "rejected: a response is not 2xx",
			cli.ExitUsage:       "invalid flags, configuration or event; nothing was sent",
			cli.ExitUnreachable: "failed: no response",
		}),
		Example: cli.Example(`
			# An event about a ticket
			apizee-hooks send ticket update --state invited --to http://localhost:3000/apizeehooks/
			# A template, with a value for a variable
			apizee-hooks send --template ticket-geolocated --var lat=48.1 -t localhost:3000/hooks
			# Your own JSON, with the secret header that the endpoint checks
			apizee-hooks send --data @event.json -H 'X-Api-Key: abc' -t localhost:3000/hooks
			# Print the curl command, and send nothing
			apizee-hooks send media --state completed --dry-run=curl -t localhost:3000/hooks`),
		Args: unknownObject(app.Catalog),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.take(c); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	o.addFlags(c)
	for _, object := range app.Catalog.Objects {
		c.AddCommand(newObject(o, object))
	}
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{
		Name: "send", About: "One object per attempt, on a line of its own; with --dry-run the event.",
		Types: []any{show.DeliveryJSON(), eventJSON{}},
	}}
}

// eventJSON is an event, as --dry-run prints it.
type eventJSON struct {
	Event  string          `json:"event"`
	Time   json.RawMessage `json:"time"`
	Object string          `json:"object"`
	ID     json.RawMessage `json:"objectId"`
	Props  json.RawMessage `json:"props"`
}

func unknownObject(catalog *apizee.Catalog) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := cmp.Or(cli.NotAfterDashes(c, args), cli.NotValues(c, args)); err != nil || len(args) == 0 {
			return err
		}
		meant := catalog.MeantEvent(args[0], strings.Join(args[1:], " "))
		return cli.UnknownObject(catalog, args[0], meant, "; send anything else with --data and --allow-undocumented.")
	}
}

// run builds the event and delivers it.
func run(ctx context.Context, o *options) error {
	if err := o.check(); err != nil {
		return err
	}
	loaded, err := o.Load(ctx, o.Settings)
	if err != nil {
		return err
	}
	headers, err := o.ParseHeaders(loaded.Config.Headers, o.Headers)
	if err != nil {
		return err
	}
	network, err := o.NetworkOf(o.Network, loaded.Config.Insecure)
	if err != nil {
		return err
	}
	if o.edit && o.dryRun != dryRunJSON { // find other errors before the user edits the event
		if _, err := cli.ParseTarget(loaded.Config.To, headers); err != nil {
			return err
		}
		if _, err := o.OpenTransport(ctx, network, 0); err != nil {
			return err
		}
	}
	e, err := o.build(ctx, loaded.Config)
	if err != nil {
		return err
	}
	if !o.allow {
		o.noteUndocumented(e.report.Findings)
	}
	if o.dryRun != "" && (o.count > 1 || o.retry > 0) {
		o.Note("--count and --retry have no effect on --dry-run.")
	}
	if o.dryRun == dryRunJSON {
		return o.printEvent(e)
	}
	target, err := cli.ParseTarget(loaded.Config.To, headers)
	if err != nil {
		return err
	}
	if o.dryRun == dryRunCurl {
		return o.printCurl(target, e, deliver.CurlOptions{Network: network, Timeout: loaded.Config.Timeout})
	}
	err = o.deliver(ctx, target, e, network, loaded.Config.Timeout)
	if o.edit && err != nil {
		o.noteSaved(e)
	}
	return err
}

// check rejects flags that exclude each other, and numbers out of range.
func (o *options) check() error {
	var sources []string
	if o.spec != nil {
		sources = append(sources, "the object "+o.spec.Object)
	}
	if o.template != "" {
		sources = append(sources, "--template")
	}
	if o.data != "" {
		sources = append(sources, "--data")
	}
	switch {
	case len(sources) == 0:
		return cli.Usage(errors.New("no event to send"),
			"name an object, as in `apizee-hooks send ticket`, or use --template or --data.")
	case len(sources) > 1:
		return cli.Usage(fmt.Errorf("%s cannot be used together", cli.List(sources, "and")), "use one of them.")
	case len(o.vars) > 0 && o.template == "":
		return cli.Usage(errors.New("--var requires --template"),
			"use --set path=value to change a field of the event.")
	case o.fault.Reorders():
		return cli.Usage(fmt.Errorf("--fault %s requires different events; send sends copies of one", o.fault.Name),
			"use it with `"+cli.Program+" load`.")
	case o.fault.Name != "" && o.dryRun != "":
		return cli.Usage(errors.New("--fault cannot be used with --dry-run"), "use one of them.")
	case o.dryRun == dryRunCurl && o.JSON:
		return cli.Usage(errors.New("--dry-run=curl cannot be used with -o json"), "use one of them; --dry-run prints the event as JSON.")
	case o.retry < 0:
		return cli.Usagef("--retry %d: must be 0 or more", o.retry)
	case o.every < 0:
		return cli.Usagef("--every %s: must not be negative", o.every)
	}
	return nil
}

// printEvent prints the event for --dry-run: indented for people, else byte for byte as it is sent.
func (o *options) printEvent(e event) error {
	if !o.JSON && (console.IsTerminal(o.Stdout) || o.Out().Enabled()) {
		_, err := o.Stdout.Write(console.JSON(e.body, o.Out()))
		return err
	}
	_, err := io.WriteString(o.Stdout, string(e.body)+"\n")
	return err
}

// printCurl prints the equivalent curl command. Since it is meant to be pasted, a note says if
// secrets are masked.
func (o *options) printCurl(target deliver.Target, e event, options deliver.CurlOptions) error {
	unmasked := options
	unmasked.ShowSecrets = true
	options.ShowSecrets = o.ShowSecrets
	command := deliver.CurlCommand(target, e.body, options)
	if _, err := fmt.Fprintln(o.Stdout, console.SafeShell(command)); err != nil {
		return err
	}
	if command != deliver.CurlCommand(target, e.body, unmasked) {
		o.Note("secrets are masked as " + redact.Masked + "; use --show-secrets to print them.")
	}
	return nil
}

// deliver sends the event --count times, and prints the results.
func (o *options) deliver(ctx context.Context, target deliver.Target, e event, network deliver.Network, timeout time.Duration) error {
	transport, err := o.OpenTransport(ctx, network, o.Kept(o.parallel))
	if err != nil {
		return err
	}
	client := o.fault.Client(transport, o.Now, fault.Options{Seed: o.Random(), Sleep: o.Sleep})
	options := o.fault.Plan(deliver.Options{Count: o.count, Every: o.every, Parallel: o.parallel, Retry: o.retry, Timeout: timeout})
	request := deliver.Request{Target: target, Body: e.body}
	printer := show.Series{
		Style: o.Style(), Request: request, Event: e.report.Event, Fault: o.fault.Name, Count: options.Count,
	}.In(o.Form())
	o.OutliveReader()
	var rejected deliver.Result  // the last one
	var failure *deliver.Failure // the first one
	out := o.StdoutFor(o.Form())
	out.Write(printer.Begin(nil))
	sum := deliver.Series{Client: client, Sleep: o.Sleep}.Run(ctx, options, request, func(r deliver.Result) {
		out.Write(printer.Item(nil, r))
		if r.NextIn > 0 {
			return // only the last attempt counts
		}
		switch {
		case r.Failure == nil && !r.Accepted():
			rejected = r
		case r.Failure != nil && r.Failure.Kind != fault.KindAborted: // by --fault
			failure = cmp.Or(failure, r.Failure)
		}
	})
	out.Write(printer.End(nil, sum))
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case failure != nil:
		return cli.NotDelivered(failure)
	case sum.Rejected > 0:
		return o.rejected(sum, rejected)
	}
	return nil
}

// rejected returns the error for rejected deliveries.
func (o *options) rejected(sum deliver.Summary, last deliver.Result) error {
	if sum.Sent == 1 {
		return o.Negative("the endpoint returned %d %s", last.Status, last.StatusText+last.Through())
	}
	return o.Negative("%d of %d deliveries rejected, the last with %d %s", sum.Rejected, sum.Sent, last.Status, last.StatusText+last.Through())
}
