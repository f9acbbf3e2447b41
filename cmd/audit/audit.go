// Package audit is the command that audits an endpoint.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

type options struct {
	*cli.App
	cli.Connection
	rules        string
	skip         []string
	secretHeader string
	settle       time.Duration
	reports      cli.Reports

	connection []string // the flags that a command needs to reach the endpoint in the same way
	network    deliver.Network
	timeout    time.Duration
}

// workers is how many connections an audit keeps with --keep-alive: those of its burst.
const workers = 50

// allRules is the value of a bare --rules.
const allRules = "all"

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "audit",
		Short: "Audit how your endpoint handles good and bad requests",
		Long: `Send every documented event, then requests that cause trouble in production:
duplicates, bursts, truncated and slow bodies, undocumented data, and, if a secret
header is set, requests without it. Each result shows the expected and the actual
response, why it matters, and a command that sends the request again.

After each rule the endpoint must accept an ordinary event. If it does not, this rule fails, and
the rules after it are not judged.

An audit creates, updates and deletes objects as far as your endpoint acts on events: run it
against a test system.

` + audit.Formula,
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
		RunE: func(c *cobra.Command, _ []string) error {
			o.connection = cli.ConnectionArguments(c)
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	f.VarPF(ruleFlag{cli.Text{Value: &o.rules, Name: "NAME"}, app.Catalog}, "rules", "", "list the rules or explain one, and send nothing").NoOptDefVal = allRules
	f.StringSliceVar(&o.skip, "skip", nil, "rules to omit (see 'help rules'); repeatable")
	cli.NameArgument(f, "NAME[,NAME]", "skip")
	f.StringVar(&o.secretHeader, "secret-header", "", "header that is the endpoint's secret (default: those with the name of one, and the URL's user)")
	f.DurationVar(&o.settle, "settle", 200*time.Millisecond, "wait after each rule, for work that follows the response")
	cli.NameArgument(f, "NAME", "secret-header")
	cli.ReportFlag(c, &o.reports, "junit", "json", "html")
	cli.Complete(c, "rules", completeRules(app.Catalog))
	cli.Complete(c, "skip", completeRules(app.Catalog))
	cli.Complete(c, "secret-header", cli.Nothing)
	cli.Complete(c, "settle", cli.Nothing)
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
	o.network, o.timeout = network, settings.Timeout
	o.hideSecret(target)
	return judge(ctx, o, audit.Options{
		Catalog: o.Catalog,
		Target:  target, SecretHeader: o.secretHeader, Transport: transport, Timeout: settings.Timeout, Settle: o.settle, Skip: o.skip,
		Repeat: o.repeat, Now: o.Now, Sleep: o.Sleep,
	})
}

// hideSecret masks the value of --secret-header, which may not have the name of a secret.
func (o *options) hideSecret(target deliver.Target) {
	for _, h := range target.Headers {
		if strings.EqualFold(h.Name, o.secretHeader) {
			o.Known.Add(h.Value)
		}
	}
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
	case errors.Is(err, audit.ErrNoSecretHeader):
		return cli.Usage(fmt.Errorf("--secret-header %s: %w", o.secretHeader, err), "set it with -H '"+o.secretHeader+": value', or in the configuration.")
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
