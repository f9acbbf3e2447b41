// Package audit is the command that audits an endpoint.
package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

type options struct {
	*cli.App
	cli.Connection
	rules        string
	skip         []string
	secretHeader string
	settle       time.Duration
	probe        cli.Settings // --probe and its companions
	probeHeaders []string
	programs     cli.Programs
	hosts        cli.AllowedHosts
	idBase       int
	minScore     score
	baseline     string
	reports      cli.Reports
	github       bool

	connection []string // the flags that a command needs to reach the endpoint in the same way
	network    deliver.Network
	timeout    time.Duration
}

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
header is set, requests without it. After each rule the endpoint must accept an
ordinary event; else the rules after it are not judged.

With --probe the audit judges what the endpoint did with the events, and with --exec
what is left of it after a kill and a stop. About 30s pass, 60s with --exec. An
audit creates, updates and deletes objects, with IDs of its own, on this machine or
an --allow-host: use a test system. 'help rules' says more, and how the score is made.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "no rule failed; with --min-score or --baseline: their condition is met",
			cli.ExitNegative:    "a rule failed; with --min-score or --baseline: their condition is not met",
			cli.ExitUsage:       "invalid flags or configuration, nothing was sent; or a report could not be written",
			cli.ExitUnreachable: "no response, or a program of --exec failed although no rule did",
		}),
		Example: cli.Example(`
			# With the secret header that the endpoint checks, and a report
			apizee-hooks audit -t localhost:3000/hooks -H 'X-Api-Key: abc' --report html=audit.html
			# Start the program, and look at the tickets that it keeps
			apizee-hooks audit -t localhost:3000/hooks --exec 'npm start' --wait-for localhost:3000 \
			  --probe 'GET http://localhost:3000/tickets/{{ .id }}' --probe-count version
			# Fail only if a rule got worse than in an earlier JSON report
			apizee-hooks audit -t localhost:3000/hooks --baseline baseline.json`),
		Args: cli.AtMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.programs.CheckFlags(c.Flags()); err != nil {
				return err
			}
			o.connection = cli.ConnectionArguments(c)
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	f.StringVar(&o.rules, "rules", "", "list the rules or explain one, and send nothing")
	cli.NameArgument(f, "NAME", "rules")
	cli.Optional(f, "rules", allRules, func(word string) bool {
		_, err := audit.LookupRule(app.Catalog, word)
		return err == nil
	})
	f.StringSliceVar(&o.skip, "skip", nil, "rules to omit (see 'help rules'); repeatable")
	cli.NameArgument(f, "NAME[,NAME]", "skip")
	f.StringVar(&o.secretHeader, "secret-header", "", "header that is the secret (default: by its name, and the URL's user)")
	f.DurationVar(&o.settle, "settle", 200*time.Millisecond, "wait after each rule for late work")
	cli.NameArgument(f, "NAME", "secret-header")
	o.probeFlags(c)
	o.programs.AddFlags(c, f)
	o.hosts.AddFlag(c, f, "other host that may be audited; repeatable")
	cli.CountFlag(f, &o.idBase, "id-base", 0, "number below the IDs of the audit's objects (default: from the clock)")
	f.Var(&o.minScore, "min-score", "fail only below this score, from 0 to 100")
	f.StringVar(&o.baseline, "baseline", "", "JSON report of an earlier audit; fail only if a rule got worse")
	cli.NameArgument(f, "FILE", "baseline")
	cli.TextOrJSONFlag(c)
	cli.ReportFlag(c, &o.reports, "junit", "json", "html", "sarif")
	cli.GitHubFlag(c, &o.github)
	cli.Complete(c, "rules", completeRules(app.Catalog))
	cli.Complete(c, "skip", cli.InList(completeRules(app.Catalog)))
	cli.CompleteFiles(c, "baseline", "json")
	return c
}

func (o *options) probeFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("probe", "", "request that shows an effect, as 'GET URL/tickets/{{ .id }}'")
	f.StringArrayVar(&o.probeHeaders, "probe-header", nil, "header of the probe, as 'Name: value'; repeatable")
	f.String("probe-expect", "", "expected response, as in a scenario (default: the event's state)")
	f.String("probe-count", "", "path of a value that a duplicate must not change, such as a version")
	f.Duration("within", 0, "time limit of an effect")
	cli.NameArgument(f, "REQUEST", "probe")
	cli.NameArgument(f, "HEADER", "probe-header")
	cli.NameArgument(f, "YAML", "probe-expect")
	cli.NameArgument(f, "PATH", "probe-count")
	cli.Complete(c, "probe-header", cli.CompleteHeaders)
	o.probe = cli.TrackSettings(f, "probe", "probe-expect", "probe-count", "within")
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{
		Name: "audit", About: "One object at the end, as in --report json=FILE; with --rules, a list of rules.",
		Types: []any{audit.Document{}, []audit.Rule{}},
	}}
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
	if err := o.check(); err != nil {
		return err
	}
	spec, err := o.prepare(ctx)
	if err != nil {
		return o.notStarted(spec, err)
	}
	return judge(ctx, o, spec)
}

// check checks the flags.
func (o *options) check() error {
	o.App.GitHub = o.github
	for _, name := range o.skip {
		if _, err := audit.LookupRule(o.Catalog, name); err != nil {
			return badRule(err)
		}
	}
	if o.secretHeader != "" {
		if _, err := deliver.NewHeader(o.secretHeader, "any"); err != nil {
			return cli.Usage(fmt.Errorf("--secret-header: %w", err), "use only the name of the header, and -H 'Name: value' for its value.")
		}
	}
	if err := o.programs.Check(); err != nil {
		return err
	}
	o.reports.Keep(o.Network.Files()...)
	o.reports.Keep(o.baseline)
	o.reports.OutputReport()
	return o.PrepareReports(&o.reports)
}

// prepare returns what the audit is made of. With an error it is incomplete.
func (o *options) prepare(ctx context.Context) (spec audit.Options, err error) {
	maps.Copy(o.Settings, o.probe)
	if spec.Baseline, err = o.readBaseline(ctx); err != nil {
		return spec, err
	}
	settings, target, err := o.Endpoint(ctx, &o.Connection)
	if err != nil {
		return spec, err
	}
	spec.Target = target
	network, err := o.NetworkOf(o.Network, settings.Insecure)
	if err != nil {
		return spec, err
	}
	if spec.Probe, err = o.parseProbe(settings.Audit); err != nil {
		return spec, err
	}
	if network, err = o.localOnly(ctx, network, target, spec.Probe); err != nil {
		return spec, err
	}
	o.NoteProxy(network, target.URL)
	if spec.Transport, err = o.OpenTransport(ctx, network, o.Kept(audit.Burst)); err != nil {
		return spec, err
	}
	o.network, o.timeout = network, settings.Timeout
	o.hideSecret(target)
	spec.Catalog, spec.SecretHeader, spec.Skip, spec.Secrets, spec.Mask = o.Catalog, o.secretHeader, o.skip, &o.Known, o.Mask
	spec.MinScore = o.minScore.least
	spec.Timeout, spec.Settle, spec.Now, spec.Sleep, spec.Repeat = settings.Timeout, o.settle, o.Now, o.Sleep, o.repeat
	if spec.IDBase = o.idBase; o.idBase == 0 {
		spec.IDBase = audit.NewIDBase(o.Now())
	}
	if err := spec.Check(); err != nil { // the names to skip are valid
		return spec, cli.Usage(fmt.Errorf("--secret-header %s: %w", o.secretHeader, err), "set it with -H '"+o.secretHeader+": value', or in the configuration.")
	}
	return spec, nil
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
	o.OutliveReader()
	p := &printer{app: o.App, palette: o.Out(), without: map[string][]string{}}
	under := &program{options: o, transport: spec.Transport, waiting: p.waiting}
	if len(o.programs.Commands) > 0 {
		spec.Program = under
	}
	spec.OnResult = func(r audit.Result) {
		p.result(r)
		under.look()
	}
	p.begin(audit.NewPlan(spec), deliver.ShowURL(spec.Target.URL, false))
	outcome, err := conduct(ctx, spec, under)
	var unreachable *audit.UnreachableError
	switch {
	case ctx.Err() != nil && err != nil:
		err = cli.Interrupted()
	case errors.As(err, &unreachable):
		err = cli.Unreachable(fmt.Errorf("nothing to audit: %w", err), o.programs.Hint(unreachable.Failure)+".")
	}
	if err != nil {
		return o.notStarted(spec, err)
	}
	p.end(outcome)
	if !outcome.OK() && spec.Target.HasSecret() && !o.ShowSecrets {
		o.Note("secrets are masked as " + redact.Masked + " in the commands; use --show-secrets to print them.")
	}
	if err := o.report(outcome); err != nil {
		return err
	}
	if err := o.verdict(outcome); err != nil || outcome.Passes() {
		return err
	}
	return under.crashed.End(nil)
}

// conduct runs the audit once its endpoint responds.
func conduct(ctx context.Context, spec audit.Options, under *program) (audit.Outcome, error) {
	if spec.Program == nil {
		if err := under.Start(ctx); err != nil { // only waits
			return audit.Outcome{}, err
		}
	}
	outcome, err := audit.Run(ctx, spec)
	if under.crashed != nil {
		outcome.Crash = under.crashed.Crash().Error()
	}
	return outcome, err
}
