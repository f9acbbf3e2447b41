// Package validate is the command that checks events against the documented contract.
package validate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

type options struct {
	*cli.App
	file   string // "-" is standard input
	output string
	strict bool
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, file: "-"}
	c := &cobra.Command{
		Use:   "validate [file|-]",
		Short: "Check events against Apizee's documentation",
		Long: `Read one event, one event per line (JSON Lines), an array of events or a recording,
and report how each differs from Apizee's documentation. Without a file, or with -,
standard input is read. An error violates the documented contract; a warning is about
something undocumented.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:       "all events are valid",
			cli.ExitNegative: "an event is invalid; with --strict: or has a warning",
			cli.ExitUsage:    "invalid flags, or no event in the input",
		}),
		Example: cli.Example(`
			apizee-hooks validate event.json
			apizee-hooks send ticket --state done --dry-run | apizee-hooks validate
			apizee-hooks validate events.ndjson -o json | jq 'select(.ok | not)'`),
		Args: cli.AtMost(1, "one file"),
		ValidArgsFunction: cli.FirstArg(func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json", "jsonl", "ndjson"}, cobra.ShellCompDirectiveFilterFileExt
		}),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.file = args[0]
			}
			return run(c.Context(), o)
		},
	}
	cli.TextOrJSONFlag(c, &o.output)
	c.Flags().BoolVar(&o.strict, "strict", false, "treat warnings as errors")
	return c
}

func run(ctx context.Context, o *options) error {
	if ext := filepath.Ext(o.file); ext == ".yaml" || ext == ".yml" {
		return isYAML(o.file, o.file)
	}
	in, name, err := o.Open(ctx, o.file)
	if err != nil {
		return err
	}
	defer in.Close()
	v := validation{
		options: o, name: name, out: bufio.NewWriterSize(o.StdoutFor(show.Form(o.output)), 64<<10),
		printer: show.Check{Style: o.Style(), Name: name}.In(show.Form(o.output)),
	}
	defer v.out.Flush()
	return v.run(in)
}

// isYAML returns the error for a file, perhaps a scenario, which is not for this command.
func isYAML(name, file string) error {
	return cli.Usage(fmt.Errorf("%s is YAML, but events are JSON", name), "use `"+cli.Program+" run "+file+" --check` for a scenario.")
}

// beginsYAML matches a key, a comment or a document marker, with which no JSON begins.
var beginsYAML = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(#|---$|[A-Za-z$][\w.-]*:( |$))`)
})

// validation is one run of validate.
type validation struct {
	*options
	name    string
	out     *bufio.Writer
	printer show.Printer[show.Checked, show.CheckSummary]
	text    []byte // buffer, for reuse

	sum      show.CheckSummary
	recorded bool // the file is a recording
}

func (v *validation) run(in io.Reader) error {
	stream := payload.NewStream(flushingReader{v.out, in}, recording.MaxLine)
	for {
		found, err := stream.Next()
		if err == io.EOF {
			return v.end()
		}
		if err != nil {
			return cli.Usage(fmt.Errorf("read %s: %w", v.name, textfile.Reason(err)), "")
		}
		if err := v.check(found); err != nil {
			return err
		}
	}
}

func (v *validation) check(found payload.Located) error {
	if v.sum.Events == 0 && found.Text[0] != '{' && beginsYAML().MatchString(found.Text) {
		return isYAML(v.name, v.file)
	}
	report, truncated := v.validate(found.Text)
	if truncated {
		v.Note(fmt.Sprintf("%s:%d: truncated entry skipped.", v.name, found.Line))
		return nil
	}
	v.sum.Events++
	switch {
	case !report.OK():
		v.sum.Invalid++
	case len(report.Findings) > 0:
		v.sum.Warned++
	}
	v.text = v.printer.Item(v.text[:0], show.Checked{N: v.sum.Events, Line: found.Line, Text: found.Text, Report: report})
	_, err := v.out.Write(v.text)
	return err
}

// validate checks an event against the documented contract, or an entry of a recording with its method and
// headers. A line of a recording may be truncated.
func (v *validation) validate(text string) (report apizee.Report, truncated bool) {
	// A search that starts with a quote would be five times slower: there are many quotes.
	if !v.recorded && !strings.Contains(text, `receivedAt"`) {
		return v.Catalog.ValidateText(text), false
	}
	entry, err := recording.Parse([]byte(text))
	if err == nil {
		v.recorded = true
		return v.Catalog.ValidateRequest(apizee.Request{Method: entry.Method, Headers: entry.Headers, Body: entry.Body}), false
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && (v.recorded || strings.HasPrefix(text, `{"receivedAt"`)) {
		return apizee.Report{}, true
	}
	return v.Catalog.ValidateText(text), false
}

func (v *validation) end() error {
	if v.sum.Events == 0 {
		return cli.Usage(fmt.Errorf("%s has no event", v.name), "pipe an event to it, or add a file.")
	}
	v.out.Write(v.printer.End(nil, v.sum))
	switch {
	case v.sum.Invalid > 0:
		return v.Negative("%d of %s: invalid", v.sum.Invalid, console.Plural(v.sum.Events, "event"))
	case v.strict && v.sum.Warned > 0:
		return v.Negative("%d of %s: with warnings", v.sum.Warned, console.Plural(v.sum.Events, "event"))
	}
	return nil
}

// flushingReader flushes the output before each read, so that the output of a live pipe is live too.
type flushingReader struct {
	out *bufio.Writer
	in  io.Reader
}

func (f flushingReader) Read(p []byte) (int, error) {
	// A failed flush fails again at the next line.
	_ = f.out.Flush()
	return f.in.Read(p)
}
