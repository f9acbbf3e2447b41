package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

type auditOptions struct {
	cli.Connection

	rules   string
	skip    []string
	seed    cli.Seed
	reports cli.Reports
}

// auditWorkers is how many connections an audit needs at once.
const auditWorkers = 50

// allRules is the value of a bare --rules.
const allRules = "all"

func newAuditCmd(a *app) *cobra.Command {
	o := &auditOptions{seed: cli.Seed{N: 1}}
	c := &cobra.Command{
		Use:   "audit",
		Short: "Make the report card of your endpoint",
		Long: `Send every documented event, then the awkward deliveries that come in production
sooner or later: duplicates, bursts, torn and slow bodies, what is not documented,
and the secret header missing, wrong, doubled and in other letters when -H or the
configuration holds one. It says for each what a good endpoint answers, what yours
did, and why that matters.

Exit code 0 says that no rule failed, 1 that one did, 3 that nobody answered.`,
		Example: cli.Example(`
			apizee-hooks audit -t http://localhost:3000/hooks
			apizee-hooks audit -t localhost:3000/hooks -H 'X-Api-Key: abc' --report html=audit.html
			apizee-hooks audit -t localhost:3000/hooks --skip burst,slow-body
			apizee-hooks audit --rules
			apizee-hooks audit --rules=torn-body`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.audit(c, o)
		},
	}
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	f.VarPF(ruleFlag{cli.Text{Value: &o.rules, Name: "NAME"}, a.Catalog}, "rules", "", "list the rules, or explain one, and send nothing").NoOptDefVal = allRules
	f.StringSliceVar(&o.skip, "skip", nil, "leave out the rule of this `NAME`; repeatable")
	cli.SeedFlag(c, &o.seed)
	cli.ReportFlag(c, &o.reports, "junit", "json", "html")
	cli.Complete(c, "rules", a.completeRules)
	cli.Complete(c, "skip", a.completeRules)
	return c
}

// ruleFlag is a flag that can name a rule.
type ruleFlag struct {
	cli.Text
	catalog *apizee.Catalog
}

// Takes says whether a word is the name of a rule.
func (f ruleFlag) Takes(word string) bool {
	_, err := audit.LookupRule(f.catalog, word)
	return err == nil
}

func (a *app) completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, r := range audit.Rules(a.Catalog) {
		words = append(words, r.Name+"\t"+r.Title)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) audit(c *cobra.Command, o *auditOptions) error {
	if o.rules != "" {
		return a.printRules(o.rules)
	}
	for _, name := range o.skip {
		if _, err := audit.LookupRule(a.Catalog, name); err != nil {
			return badRule(err)
		}
	}
	settings, target, err := a.Endpoint(&o.Connection)
	if err != nil {
		return err
	}
	transport, err := a.OpenTransport(o.TLS(settings), auditWorkers)
	if err != nil {
		return err
	}
	return a.runAudit(c, o, audit.Options{
		Catalog: a.Catalog,
		Target:  target, Transport: transport, Timeout: settings.Timeout, Seed: o.seed.N, Skip: o.skip,
		Now: a.Now, Sleep: a.Sleep,
	})
}

func badRule(err error) error {
	return cli.Usage(err, "`"+cli.Program+" audit --rules` lists the rules.")
}

func (a *app) runAudit(c *cobra.Command, o *auditOptions, options audit.Options) error {
	if err := o.reports.Check(); err != nil {
		return err
	}
	printer := &auditPrinter{app: a, palette: a.Out()}
	options.OnResult = printer.result
	outcome, err := audit.Run(c.Context(), options)
	var silent *audit.UnreachableError
	switch {
	case c.Context().Err() != nil && err != nil:
		return cli.Interrupted()
	case errors.As(err, &silent):
		return cli.Unreachable(fmt.Errorf("nothing to audit: %w", err), silent.Failure.Hint+".")
	case err != nil:
		return err
	}
	printer.end(outcome)
	writers := map[string]func(io.Writer) error{
		"html": outcome.WriteHTML,
		"json": outcome.WriteJSON,
		"junit": func(w io.Writer) error {
			return report.JUnit.Write(w, outcome.Report())
		},
	}
	if err := a.WriteReports(o.reports, writers); err != nil {
		return err
	}
	switch {
	case !outcome.Complete:
		return cli.Interrupted()
	case !outcome.OK():
		return a.AnswerNo("%s", outcome.Summary())
	}
	return nil
}

// printRules lists the rules, or explains one.
func (a *app) printRules(name string) error {
	p := a.Out()
	if name != allRules {
		r, err := audit.LookupRule(a.Catalog, name)
		if err != nil {
			return badRule(err)
		}
		fmt.Fprintf(a.Stdout, "%s  %s\n\n%s\n\nA good endpoint answers %s.\n", p.Object(r.Name), p.Strong(r.Title), r.Why, r.Good)
		return nil
	}
	var rows [][]console.Cell
	group := ""
	for _, r := range audit.Rules(a.Catalog) {
		if r.Group != group {
			group = r.Group
			rows = append(rows, nil, console.Cells(p.Strong, strings.ToUpper(group[:1])+group[1:]))
		}
		rows = append(rows, []console.Cell{{Text: "  " + r.Name, Paint: p.Object}, {Text: r.Title}})
	}
	_, err := console.Table{Rows: rows[1:], Width: a.Width()}.WriteTo(a.Stdout)
	return err
}

// auditPrinter tells how an audit goes.
type auditPrinter struct {
	app     *app
	palette console.Palette
	group   string
}

func (a *auditPrinter) result(r audit.Result) {
	if a.app.Quiet {
		return
	}
	p, out := a.palette, a.app.Stdout
	if r.Group != a.group {
		if a.group != "" {
			fmt.Fprintln(out)
		}
		a.group = r.Group
		fmt.Fprintln(out, p.Strong(strings.ToUpper(r.Group[:1])+r.Group[1:]))
	}
	name, gap := r.Name, "  "
	if r.Status != audit.Skipped {
		name += gap + console.Duration(r.Took)
	}
	if width := a.app.Width(); width > 0 && console.Columns("  ✗ "+r.Title+gap+name) > width {
		gap = "\n" + auditIndent
	}
	fmt.Fprintf(out, "  %s %s%s%s\n", a.mark(r.Status), r.Title, gap, p.Dim(name))
	if r.Status == audit.Passed && !a.app.Verbose {
		return
	}
	if r.Status == audit.Skipped {
		a.detail("skipped: "+r.Actual, p.Dim)
		return
	}
	a.detail("it did: "+console.Safe(r.Actual), plainly)
	if r.Took > 0 {
		a.detail("a good one: "+r.Good, plainly)
		a.detail(r.Why, p.Dim)
	}
}

// auditIndent is where the details of a rule begin.
const auditIndent = "      "

func (a *auditPrinter) detail(text string, paint func(string) string) {
	for _, line := range a.app.Fit(text, len(auditIndent)) {
		fmt.Fprintf(a.app.Stdout, "%s%s\n", auditIndent, paint(line))
	}
}

// plainly paints nothing.
func plainly(text string) string { return text }

func (a *auditPrinter) mark(s audit.Status) string {
	switch s {
	case audit.Passed:
		return a.palette.OK("✓")
	case audit.Warned:
		return a.palette.Notice("!")
	case audit.Failed:
		return a.palette.Finding("✗")
	}
	return a.palette.Dim("-")
}

func (a *auditPrinter) end(o audit.Outcome) {
	if !a.app.Quiet {
		fmt.Fprintf(a.app.Stdout, "\n%s\n", a.palette.Strong(o.Summary()))
	}
}
