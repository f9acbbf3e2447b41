package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

type validateOptions struct {
	output string
	strict bool
}

func newValidateCmd(a *app) *cobra.Command {
	o := &validateOptions{}
	c := &cobra.Command{
		Use:   "validate [file|-]",
		Short: "Hold events against what Apizee documents",
		Long: `Read events and say what in them differs from Apizee's documentation: one event,
one a line (JSON Lines), an array of them, or a recording. Without a file, or
with -, it reads standard input.

An error breaks the documented contract and gives exit code 1. A notice is about
what is not documented, and counts with --strict only.`,
		Example: cli.Example(`
			apizee-hooks validate event.json
			apizee-hooks send ticket --state done --dry-run | apizee-hooks validate
			apizee-hooks validate events.ndjson -o json | jq 'select(.ok | not)'`),
		Args: cli.AtMost(1, "one file"),
		ValidArgsFunction: cli.FirstArg(func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json", "jsonl", "ndjson"}, cobra.ShellCompDirectiveFilterFileExt
		}),
		RunE: func(c *cobra.Command, args []string) error {
			name := "-"
			if len(args) > 0 {
				name = args[0]
			}
			return a.validate(c.Context(), name, o)
		},
	}
	cli.OutputFlag(c, c.Flags(), &o.output, []string{"text", "json"}, "")
	c.Flags().BoolVar(&o.strict, "strict", false, "let notices count as errors")
	return c
}

func (a *app) validate(ctx context.Context, name string, o *validateOptions) error {
	in, name, err := a.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	printer := show.Check{Style: a.Style(), Name: name}.In(show.Form(o.output))
	v := validation{app: a, options: o, name: name, printer: printer, reports: newReports(a.Stdout)}
	defer v.reports.Flush()
	return v.run(in)
}

// open opens a file, or standard input for "-".
func (a *app) open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(a.Input(ctx)), "stdin", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, "", cli.Usage(err, "check the path; - reads standard input.")
	}
	return f, name, nil
}

// validation is one run of validate.
type validation struct {
	app     *app
	options *validateOptions
	name    string
	printer show.Printer[show.Checked, show.CheckSummary]
	reports *bufferedOutput
	text    []byte // of the last event shown, to use its room again

	sum      show.CheckSummary
	recorded bool // there was an entry of a recording
}

func (v *validation) run(in io.Reader) error {
	stream := payload.NewStream(v.reports.before(in))
	for {
		found, err := stream.Next()
		if err == io.EOF {
			return v.end()
		}
		if err != nil {
			return cli.Usage(fmt.Errorf("read %s: %w", v.name, cli.Bare(err)), "")
		}
		if err := v.check(found); err != nil {
			return err
		}
	}
}

func (v *validation) check(found payload.Located) error {
	report, torn := v.judge(found.Text)
	if torn {
		v.app.Note(fmt.Sprintf("%s:%d breaks off; it was passed over.", v.name, found.Line))
		return nil
	}
	v.sum.Events++
	switch {
	case !report.OK():
		v.sum.Broken++
	case len(report.Findings) > 0:
		v.sum.Noticed++
	}
	v.text = v.printer.Item(v.text[:0], show.Checked{N: v.sum.Events, Line: found.Line, Text: found.Text, Report: report})
	_, err := v.reports.Write(v.text)
	return err
}

// judge holds an event against the contract, or the request of a recording with
// its method and headers. A line of a recording may be torn: its writer did not finish it.
func (v *validation) judge(text string) (report apizee.Report, torn bool) {
	// With its first quote the name would be found five times as slowly: there are
	// so many quotes.
	if !v.recorded && !strings.Contains(text, `receivedAt"`) {
		return v.app.Catalog.ValidateText(text), false
	}
	entry, err := recording.Parse([]byte(text))
	if err == nil {
		v.recorded = true
		return v.app.Catalog.ValidateRequest(apizee.Request{Method: entry.Method, Headers: entry.Headers, Body: entry.Body}), false
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && (v.recorded || strings.HasPrefix(text, `{"receivedAt"`)) {
		return apizee.Report{}, true
	}
	return v.app.Catalog.ValidateText(text), false
}

func (v *validation) end() error {
	if v.sum.Events == 0 {
		return cli.Usage(fmt.Errorf("%s holds no event", v.name), "pipe an event into it, or name a file.")
	}
	v.reports.Write(v.printer.End(nil, v.sum))
	switch {
	case v.sum.Broken > 0:
		return v.app.AnswerNo("%d of %s: not as documented", v.sum.Broken, cli.Plural(v.sum.Events, "event"))
	case v.options.strict && v.sum.Noticed > 0:
		return v.app.AnswerNo("%d of %s: with notices", v.sum.Noticed, cli.Plural(v.sum.Events, "event"))
	}
	return nil
}
