package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
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
	cli.OutputFlag(c, &o.output, "text", "json")
	c.Flags().BoolVar(&o.strict, "strict", false, "let notices count as errors")
	return c
}

func (a *app) validate(ctx context.Context, name string, o *validateOptions) error {
	in, name, err := a.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	v := validation{app: a, options: o, name: name, palette: a.Out(), reports: newReports(a.Stdout)}
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
	palette console.Palette
	reports *bufferedOutput

	events, broken, noticed int
	line                    int  // of the event before; 0 is none
	recorded                bool // there was an entry of a recording
}

func (v *validation) run(in io.Reader) error {
	stream := payload.NewStream(v.reports.before(in))
	for {
		found, err := stream.Next()
		if err == io.EOF {
			return v.end()
		}
		if err != nil {
			return cli.Usage(fmt.Errorf("read %s: %w", v.name, bare(err)), "")
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
	v.events++
	switch {
	case !report.OK():
		v.broken++
	case len(report.Findings) > 0:
		v.noticed++
	}
	if v.options.output == "json" {
		return v.reports.json(checked{v.events, found.Line, report.OK(), summarize(report.Event), nonNil(report.Findings)})
	}
	if !v.app.Quiet {
		v.print(found, report)
	}
	return nil
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

// checked is one event as `validate -o json` prints it.
type checked struct {
	N        int              `json:"n"`
	Line     int              `json:"line"`
	OK       bool             `json:"ok"`
	Event    eventSummary     `json:"event"`
	Findings []apizee.Finding `json:"findings"`
}

// eventSummary is what an event is about.
type eventSummary struct {
	Event    string          `json:"event"`
	Object   string          `json:"object"`
	ObjectID json.RawMessage `json:"objectId"` // as it is in the event; null where there is none
}

func summarize(e apizee.Event) eventSummary {
	summary := eventSummary{Event: e.Name, Object: e.Object}
	if e.ID != "" {
		summary.ObjectID = json.RawMessage(e.ID)
	}
	return summary
}

func nonNil(findings []apizee.Finding) []apizee.Finding {
	if findings == nil {
		return []apizee.Finding{}
	}
	return findings
}

func (v *validation) print(found payload.Located, report apizee.Report) {
	which := ""
	if found.Line == v.line { // as the event before it: the line does not tell which
		which = fmt.Sprintf(" event %d:", v.events)
	}
	v.line = found.Line
	for _, f := range report.Findings {
		line := found.Line + lineWithin(found.Text, f.Offset)
		where := fmt.Sprintf("%s:%d:%s", console.Safe(v.name), line, which)
		fmt.Fprintf(v.reports, "%s %s\n", v.palette.Dim(where), findingLine(v.palette, f))
	}
}

// lineWithin counts the line breaks of a text before an offset.
func lineWithin(text string, offset int) int {
	return strings.Count(text[:min(offset, len(text))], "\n")
}

// findingLine is a finding with the mark of its severity.
func findingLine(p console.Palette, f apizee.Finding) string {
	text := console.Safe(f.String())
	if f.Severity == apizee.Error {
		return p.Finding("✗ " + text)
	}
	return p.Notice("! " + text)
}

func (v *validation) end() error {
	if v.events == 0 {
		return cli.Usage(fmt.Errorf("%s holds no event", v.name), "pipe an event into it, or name a file.")
	}
	if v.options.output == "text" && !v.app.Quiet {
		fmt.Fprintln(v.reports, v.summary())
	}
	switch {
	case v.broken > 0:
		return v.app.AnswerNo("%d of %s: not as documented", v.broken, cli.Plural(v.events, "event"))
	case v.options.strict && v.noticed > 0:
		return v.app.AnswerNo("%d of %s: with notices", v.noticed, cli.Plural(v.events, "event"))
	}
	return nil
}

func (v *validation) summary() string {
	p := v.palette
	line := cli.Plural(v.events, "event") + ": "
	switch {
	case v.broken == 0 && v.noticed == 0:
		return line + p.OK("as documented")
	case v.broken == 0:
		return line + p.OK("none breaks the contract") + ", " + p.Notice(fmt.Sprintf("%d with notices", v.noticed))
	}
	verb := "break"
	if v.broken == 1 {
		verb = "breaks"
	}
	return line + p.Finding(fmt.Sprintf("%d %s the contract", v.broken, verb))
}
