// Package audit is the command that audits an endpoint.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

type options struct {
	*cli.App
	cli.Connection
	rules   string
	skip    []string
	seed    cli.Seed
	reports cli.Reports
}

// workers is how many connections an audit keeps with --keep-alive: those of its burst.
const workers = 50

// allRules is the value of a bare --rules.
const allRules = "all"

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, seed: cli.Seed{N: 1}}
	c := &cobra.Command{
		Use:   "audit",
		Short: "Audit how your endpoint handles good and bad requests",
		Long: `Send every documented event, then requests that cause trouble in production:
duplicates, bursts, truncated and slow bodies, undocumented data, and, if a secret
header is set, requests without it. Each result shows the expected and the actual
response, and why it matters.

An audit creates, updates and deletes objects as far as your endpoint acts on events: run it
against a test system. The score is the percentage of rules that passed; a warning counts half.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "no rule failed",
			cli.ExitNegative:    "a rule failed",
			cli.ExitUsage:       "invalid flags or configuration, nothing was sent; or a report could not be written",
			cli.ExitUnreachable: "no response",
		}),
		Example: cli.Example(`
			apizee-hooks audit -t localhost:3000/hooks
			# With the secret header that the endpoint checks, and a report
			apizee-hooks audit -t localhost:3000/hooks -H 'X-Api-Key: abc' --report html=audit.html
			# Omit two rules
			apizee-hooks audit -t localhost:3000/hooks --skip burst,slow-body
			# Explain a rule
			apizee-hooks audit --rules=burst`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	f.VarPF(ruleFlag{cli.Text{Value: &o.rules, Name: "NAME"}, app.Catalog}, "rules", "", "list the rules or explain one, and send nothing").NoOptDefVal = allRules
	f.StringSliceVar(&o.skip, "skip", nil, "rules to omit (see 'help rules'); repeatable")
	cli.NameArgument(f, "NAME[,NAME]", "skip")
	cli.SeedFlag(c, &o.seed)
	cli.ReportFlag(c, &o.reports, "junit", "json", "html")
	cli.Complete(c, "rules", completeRules(app.Catalog))
	cli.Complete(c, "skip", completeRules(app.Catalog))
	return c
}

// ruleFlag is a flag that can name a rule.
type ruleFlag struct {
	cli.Text
	catalog *apizee.Catalog
}

// Takes reports whether a word is the name of a rule.
func (f ruleFlag) Takes(word string) bool {
	_, err := audit.LookupRule(f.catalog, word)
	return err == nil
}

func completeRules(catalog *apizee.Catalog) cli.Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var words []string
		for _, r := range audit.Rules(catalog) {
			words = append(words, r.Name+"\t"+r.Title)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

func run(ctx context.Context, o *options) error {
	if o.rules != "" {
		return printRules(o.App, o.rules)
	}
	for _, name := range o.skip {
		if _, err := audit.LookupRule(o.Catalog, name); err != nil {
			return badRule(err)
		}
	}
	settings, target, err := o.Endpoint(ctx, &o.Connection)
	if err != nil {
		return err
	}
	network, err := o.NetworkOf(o.Network, settings.Insecure)
	if err != nil {
		return err
	}
	o.NoteProxy(network, target.URL)
	transport, err := o.OpenTransport(ctx, network, o.Kept(workers))
	if err != nil {
		return err
	}
	return judge(ctx, o, audit.Options{
		Catalog: o.Catalog,
		Target:  target, Transport: transport, Timeout: settings.Timeout, Seed: o.seed.N, Skip: o.skip,
		Now: o.Now, Sleep: o.Sleep,
	})
}

func badRule(err error) error {
	return cli.Usage(err, "`"+cli.Program+" audit --rules` lists the rules.")
}

// judge runs the audit and prints and writes its results.
func judge(ctx context.Context, o *options, spec audit.Options) error {
	o.reports.Keep(o.Network.Files()...)
	if err := o.PrepareReports(&o.reports); err != nil {
		return err
	}
	o.OutliveReader()
	p := &printer{app: o.App, palette: o.Out()}
	spec.OnResult = p.result
	outcome, err := audit.Run(ctx, spec)
	var unreachable *audit.UnreachableError
	switch {
	case ctx.Err() != nil && err != nil:
		return cli.Interrupted()
	case errors.As(err, &unreachable):
		return cli.Unreachable(fmt.Errorf("nothing to audit: %w", err), show.Hint(unreachable.Failure)+".")
	case err != nil:
		return err
	}
	p.end(outcome)
	writers := map[string]func(io.Writer) error{
		"html": outcome.Page().Write,
		"json": outcome.WriteJSON,
		"junit": func(w io.Writer) error {
			return report.JUnit.Write(w, outcome.Report())
		},
	}
	if err := o.WriteReports(&o.reports, writers); err != nil {
		return err
	}
	switch {
	case !outcome.Complete:
		return cli.Interrupted()
	case !outcome.OK():
		return o.Negative("%s", outcome.Summary())
	}
	return nil
}
