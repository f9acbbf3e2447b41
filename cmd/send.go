package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// sendOptions are the flags that every form of send takes.
type sendOptions struct {
	eventSource
	cli.Connection

	changes  []payload.Change
	time     string
	dotted   bool
	edit     bool
	allow    bool
	count    int
	every    time.Duration
	parallel int
	retry    int
	fault    fault.Fault
	dryRun   string
	output   string
}

// eventSource is the event that is no documented object built from flags.
type eventSource struct {
	template string
	vars     []string
	data     string
}

func newSendCmd(a *app) *cobra.Command {
	o := &sendOptions{}
	c := &cobra.Command{
		Use:   "send [" + strings.Join(a.Catalog.ObjectNames(), "|") + "]",
		Short: "Send an event to your endpoint",
		Long: `Send an event to your endpoint, with the method, headers and body that Apizee
documents. Without flags each object sends its documented example, dated now.

An endpoint that answers 2xx gives exit code 0, any other answer 1, no answer 3.`,
		Example: cli.Example(`
			# A ticket was updated
			apizee-hooks send ticket update --state invited --to http://localhost:3000/apizeehooks/

			# A named template, with a value of your own
			apizee-hooks send --template ticket-geolocated --var lat=48.1 -t localhost:3000/hooks

			# Your own JSON, and the shared secret your endpoint checks
			apizee-hooks send --data @event.json -H 'X-Api-Key: abc' -t localhost:3000/hooks

			# Look, but do not send; or get the curl command
			apizee-hooks send media --state completed --dry-run
			apizee-hooks send media --state completed --dry-run=curl -t localhost:3000/hooks`),
		Args:              a.noSuchObject,
		ValidArgsFunction: cli.Nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.send(c, o, nil)
		},
	}
	o.addFlags(a, c)
	for _, object := range a.Catalog.Objects {
		c.AddCommand(newSendObjectCmd(a, o, object))
	}
	return c
}

func (a *app) noSuchObject(c *cobra.Command, args []string) error {
	if err := cli.NotJoined(c, args); err != nil || len(args) == 0 {
		return err
	}
	return cli.Usage(fmt.Errorf("%q is not a documented object%s", args[0], apizee.DidYouMean(args[0], a.Catalog.ObjectNames())),
		"Apizee documents "+cli.List(a.Catalog.ObjectNames(), "and")+"; send anything else with --data.")
}

const eventFlags = "Event flags"

func (o *sendOptions) addFlags(a *app, c *cobra.Command) {
	f := c.PersistentFlags()
	f.StringVar(&o.template, "template", "", "send the template of this `NAME`, or of this file")
	f.StringArrayVar(&o.vars, "var", nil, "set a variable of the template, as `k=v`; repeatable")
	f.StringVar(&o.data, "data", "", "send this `JSON` as it is; @FILE reads a file, - standard input")
	f.Var(&changes{&o.changes, payload.ParseSet, "path=value"}, "set", "change a field: JSON, else text; repeatable")
	f.Var(&changes{&o.changes, payload.ParseUnset, "path"}, "unset", "remove a field; repeatable")
	f.StringVar(&o.time, "time", "", "time of the event: UNIX seconds or RFC 3339, as `TIME` (default now)")
	f.BoolVar(&o.dotted, "dotted", false, "write geoloc.lat and _parent.id as keys with a dot, not nested")
	f.BoolVarP(&o.edit, "edit", "e", false, "edit the event in $EDITOR before it is sent")
	f.BoolVar(&o.allow, "allow-undocumented", false, "send what Apizee does not document")
	cli.GroupFlags(f, eventFlags, "template", "var", "data", "set", "unset", "time", "dotted", "edit", "allow-undocumented")

	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	cli.CountFlag(f, &o.count, "count", 1, "send the same event `N` times")
	f.DurationVar(&o.every, "every", 0, "start one delivery every `DURATION`, such as 500ms")
	cli.CountFlag(f, &o.parallel, "parallel", 1, "have up to `N` deliveries under way at once")
	f.IntVar(&o.retry, "retry", 0, "try up to `N` times more when the answer is not 2xx, after pauses that grow or that Retry-After asks for (Apizee documents no retry)")
	cli.FaultFlag(c, f, &o.fault, func(f fault.Fault) bool { return !f.Reorders() })
	f.VarPF(newDryRun(&o.dryRun), "dry-run", "", "print the event, or the curl command, and send nothing").NoOptDefVal = dryRunJSON
	cli.Complete(c, "dry-run", cli.Words(dryRuns()))
	cli.OutputFlag(c, f, &o.output, []string{"text", "json"}, "json is one object a delivery")
	cli.GroupFlags(f, cli.DeliveryFlags, "count", "every", "parallel", "retry", "dry-run", "output")

	cli.Complete(c, "template", a.CompleteTemplates)
	cli.Complete(c, "var", cli.Nothing)
	cli.Complete(c, "data", completeData)
	cli.Complete(c, "set", a.completePaths("="))
	cli.Complete(c, "unset", a.completePaths(""))
	for _, name := range []string{"time", "count", "every", "parallel", "retry"} {
		cli.Complete(c, name, cli.Nothing)
	}
}

const (
	dryRunJSON = "json"
	dryRunCurl = "curl"
)

func dryRuns() []string { return []string{dryRunJSON, dryRunCurl} }

func newDryRun(value *string) pflag.Value { return cli.Enum{Value: value, Words: dryRuns()} }

// send builds the event and delivers it. A nil spec means that the event comes
// from a template or from JSON.
func (a *app) send(c *cobra.Command, o *sendOptions, spec *payload.Spec) error {
	if err := o.check(spec); err != nil {
		return err
	}
	loaded, err := a.Load(o.Settings)
	if err != nil {
		return err
	}
	headers, err := cli.ParseHeaders(loaded.Config.Headers, o.Headers)
	if err != nil {
		return err
	}
	if o.edit && o.dryRun != dryRunJSON { // what is wrong elsewhere must not cost the edit
		if _, err := cli.ParseTarget(loaded.Config.To, headers); err != nil {
			return err
		}
		if _, err := a.Client(o.TLS(loaded.Config), 0); err != nil {
			return err
		}
	}
	body, err := a.build(c.Context(), o, spec, loaded.Config)
	if err != nil {
		return err
	}
	if !o.allow {
		a.noteUndocumented(body)
	}
	if o.dryRun != "" && (o.count > 1 || o.retry > 0) {
		a.Note("one delivery is printed; --count and --retry change nothing about it.")
	}
	if o.dryRun == dryRunJSON {
		return a.printEvent(body)
	}
	target, err := cli.ParseTarget(loaded.Config.To, headers)
	if err != nil {
		return err
	}
	tls := o.TLS(loaded.Config)
	if o.dryRun == dryRunCurl {
		return a.printCurl(target, body, deliver.CurlOptions{TLS: tls, Timeout: loaded.Config.Timeout})
	}
	err = a.deliver(c.Context(), o, loaded.Config, tls, deliver.Request{Target: target, Body: body})
	if o.edit && err != nil {
		a.noteKept(body, o.allow)
	}
	return err
}

// printCurl prints the equivalent curl command line. It is meant to be pasted,
// so a secret that is left out of it is worth a word.
func (a *app) printCurl(target deliver.Target, body []byte, options deliver.CurlOptions) error {
	whole := options
	whole.ShowSecrets = true
	options.ShowSecrets = a.ShowSecrets
	command := deliver.CurlCommand(target, body, options)
	if _, err := fmt.Fprintln(a.Stdout, command); err != nil {
		return err
	}
	if command != deliver.CurlCommand(target, body, whole) {
		a.Note("secrets are shown as " + redact.Masked + "; --show-secrets prints them.")
	}
	return nil
}

// check refuses combinations that make no sense, and numbers out of range.
func (o *sendOptions) check(spec *payload.Spec) error {
	var sources []string
	if spec != nil {
		sources = append(sources, "the object "+spec.Object)
	}
	if o.template != "" {
		sources = append(sources, "--template")
	}
	if o.data != "" {
		sources = append(sources, "--data")
	}
	switch {
	case len(sources) == 0:
		return cli.Usage(errors.New("there is nothing to send"),
			"name an object (`apizee-hooks send ticket`), a --template, or your own --data.")
	case len(sources) > 1:
		return cli.Usage(fmt.Errorf("%s each make an event, and only one is sent", cli.List(sources, "and")), "give one of them.")
	case len(o.vars) > 0 && o.template == "":
		return cli.Usage(errors.New("--var sets a variable of a template, and there is no --template"),
			"change a field of the event with --set path=value.")
	case o.fault.Reorders():
		return cli.Usage(fmt.Errorf("--fault %s needs different events, and send sends the same one", o.fault.Name),
			"use it with `"+cli.Program+" load`.")
	case o.fault.Name != "" && o.dryRun != "":
		return cli.Usage(errors.New("--fault changes how an event is delivered, and --dry-run delivers nothing"), "give one of them.")
	case o.retry < 0:
		return cli.Usagef("--retry %d: it must be 0 or more", o.retry)
	case o.every < 0:
		return cli.Usagef("--every %s: it must not be negative", o.every)
	}
	return nil
}

// deliver sends the event as often as asked, and judges the outcome.
func (a *app) deliver(ctx context.Context, o *sendOptions, c config.Config, tls deliver.TLSOptions, request deliver.Request) error {
	client, err := a.FaultyClient(tls, o.Kept(o.parallel), o.fault)
	if err != nil {
		return err
	}
	options := o.fault.Plan(deliver.Options{Count: o.count, Every: o.every, Parallel: o.parallel, Retry: o.retry, Timeout: c.Timeout})
	printer := show.Series{
		Style: a.Style(), Request: request, Event: a.Catalog.Validate(request.Body).Event, Fault: o.fault.Name, Count: options.Count,
	}.In(show.Form(o.output))
	var last deliver.Result
	var failure *deliver.Failure // the first one
	a.Stdout.Write(printer.Begin(nil))
	sum := deliver.Series{Client: client, Sleep: a.Sleep}.Run(ctx, options, request, func(r deliver.Result) {
		last, failure = r, cmp.Or(failure, r.Failure)
		a.Stdout.Write(printer.Item(nil, r))
	})
	a.Stdout.Write(printer.End(nil, sum))
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case sum.Failed > 0 && failure.Kind == fault.KindAborted:
		return nil // as asked
	case sum.Failed > 0:
		return cli.NotDelivered(failure)
	case sum.Rejected > 0:
		return a.AnswerNo("the endpoint answered %d %s", last.Status, last.StatusText)
	}
	return nil
}
