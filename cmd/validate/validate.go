// Package validate is the command that checks events against the documented contract, and against
// a baseline of captured events.
package validate

import (
	"bufio"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

type options struct {
	*cli.App
	files   []string // "-" is standard input
	strict  bool
	drift   cli.Drift
	reports cli.Reports
	github  bool
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:        "validate [file|-]...",
		SuggestFor: []string{"check", "lint", "verify"},
		Short:      "Check events against Apizee's documentation",
		Long: `Read one event, one event per line (JSON Lines), an array of events or a recording,
and report how each differs from Apizee's documentation. Without a file, or with -,
standard input is read. An error violates the documented contract; a warning is about
something undocumented.

With --baseline, events are also compared with what 'learn' found in captured events.
Breaking drift (≠) is an error: a field is missing that was always there, a type changed,
or an undocumented value appeared where all were documented. Other drift (≈) is a
warning; (·) is for information, or rests on too few events. Values are shown scrubbed,
or as they are with --show-secrets.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:       "all events are valid",
			cli.ExitNegative: "an event is invalid or has breaking drift; with --strict: or has a warning",
			cli.ExitUsage:    "invalid flags or baseline, or no event in the input",
		}),
		Example: cli.Example(`
			apizee-hooks validate event.json
			apizee-hooks send ticket --state done --dry-run | apizee-hooks validate
			apizee-hooks validate events.ndjson -o json | jq 'select(.ok | not)'
			# What has changed since the baseline was learned?
			apizee-hooks validate events.ndjson --baseline .apizee-hooks/baseline.json --report junit=drift.xml`),
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cli.Files("json", "jsonl", "ndjson"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.files = args; len(args) == 0 {
				o.files = []string{"-"}
			}
			if err := o.drift.Check(c); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	cli.TextOrJSONFlag(c)
	c.Flags().BoolVar(&o.strict, "strict", false, "treat warnings as errors")
	o.drift.AddFlags(c)
	cli.ReportFlag(c, &o.reports, report.Formats()...)
	cli.GitHubFlag(c, &o.github)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "validate", About: "One object per event, on a line of its own.", Types: []any{show.CheckedJSON()}}}
}

func run(ctx context.Context, o *options) error {
	o.App.GitHub = o.github
	if o.drift.File != "" && len(o.files) > 1 {
		return cli.Usage(errors.New("--baseline compares one file"), "use one file, or pipe all of them in, as with `cat`.")
	}
	o.reports.Keep(append(o.files, o.drift.File)...)
	if err := o.PrepareReports(&o.reports); err != nil {
		return err
	}
	if o.reports.Any() || o.github {
		o.OutliveReader()
	}
	v := validation{
		options: o, out: bufio.NewWriterSize(o.StdoutFor(o.Form()), 64<<10),
		printer: show.Check{Style: o.Style(), Strict: o.strict}.In(o.Form()),
	}
	baseline, err := o.drift.Load(ctx, o.App)
	if err != nil {
		return v.unfinished(err)
	}
	if baseline != nil {
		v.hidden = hidden{catalog: o.Catalog, scrubber: o.Scrubber(nil, nil)}
		v.sum.Drift = &show.Drifted{Name: o.drift.File, Baseline: baseline, Tally: shape.NewTally()}
	}
	defer v.out.Flush()
	for _, file := range o.files {
		if err := v.file(ctx, file); err != nil {
			return v.unfinished(err)
		}
	}
	return v.end()
}
