package validate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// validation is one run of validate.
type validation struct {
	*options
	name    string // of the file
	out     *bufio.Writer
	printer show.Printer[show.Checked, show.CheckSummary]
	text    []byte // buffer, for reuse

	hidden  hidden     // replaces values, with a baseline
	results []*results // of each file, for reports
	sum     show.CheckSummary
}

// file checks the events of a file.
func (v *validation) file(ctx context.Context, file string) error {
	if ext := strings.ToLower(filepath.Ext(file)); ext == ".yaml" || ext == ".yml" {
		return cli.IsYAML(file, file)
	}
	in, name, err := v.Open(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	v.name = name
	v.results = append(v.results, newResults(v.Catalog, name))
	before := v.sum.Events
	events := cli.NewEvents(flushingReader{v.out, in}, file, name)
	for {
		event, err := events.Next()
		switch {
		case err == io.EOF && v.sum.Events == before:
			return cli.Usage(fmt.Errorf("%s has no event", name), "pipe an event to it, or add a file.")
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case event.Truncated:
			v.Note(fmt.Sprintf("%s:%d: truncated entry skipped.", name, event.Line))
			continue
		}
		if err := v.check(event); err != nil {
			return err
		}
	}
}

func (v *validation) check(event cli.InputEvent) error {
	report := validateEvent(v.Catalog, event)
	v.sum.Events++
	switch {
	case !report.OK():
		v.sum.Invalid++
	case len(report.Findings) > 0:
		v.sum.Warned++
	}
	checked := show.Checked{N: v.sum.Events, File: v.name, Line: event.Line, Text: event.Text, Report: report}
	if v.sum.Drift != nil && event.Invalid == nil {
		checked.Report = v.compare(event, report)
	}
	if v.reports.Any() || v.github {
		v.results[len(v.results)-1].add(event.Body(), checked)
	}
	v.text = v.printer.Item(v.text[:0], checked)
	_, err := v.out.Write(v.text)
	return err
}

// validateEvent checks an event against the documented contract, or an entry of a recording with its
// method and headers.
func validateEvent(c *apizee.Catalog, event cli.InputEvent) apizee.Report {
	switch e := event.Entry; {
	case e != nil:
		return c.ValidateRequest(apizee.Request{Method: e.Method, Headers: e.Headers, Body: e.Body})
	case event.Invalid != nil:
		return apizee.Report{Findings: []apizee.Finding{{Severity: apizee.Error, Message: event.Invalid.Error()}}}
	}
	return c.ValidateAt(event.Text, event.Line, event.Column)
}

// compare returns the report with values scrubbed, and with the drift of the event.
func (v *validation) compare(event cli.InputEvent, report apizee.Report) apizee.Report {
	body := event.Body()
	isJSON, read := report.OK() || shape.IsObject(body), report.Event
	if !v.ShowSecrets {
		report.Findings = v.hidden.findings(event, report.Findings)
	}
	if !v.ShowSecrets && v.JSON {
		report.Event = v.hidden.event(report.Event)
	}
	if !isJSON {
		return report
	}
	drift := v.sum.Drift.Baseline.Compare(read, body, v.drift.MinEvents)
	v.sum.Drift.Add(drift, event.Line)
	switch {
	case drift.Has(shape.Breaking):
		v.sum.Breaking++
	case drift.Has(shape.Warning):
		v.sum.Drifted++
	}
	for _, f := range drift.Findings() {
		if event.Entry != nil {
			f.Offset = 0 // the body of an entry is on one line
		}
		report.Findings = append(report.Findings, f)
	}
	return report
}

func (v *validation) end() error {
	v.out.Write(v.printer.End(nil, v.sum))
	if v.hidden.replaced {
		v.Note("values in the findings are scrubbed; use --show-secrets to show them.")
	}
	if err := v.report(); err != nil {
		return err
	}
	count := console.Plural(v.sum.Events, "event")
	switch {
	case v.sum.Invalid > 0:
		return v.Negative("%d of %s: invalid", v.sum.Invalid, count)
	case v.sum.Breaking > 0:
		return v.Negative("%d of %s: with breaking drift", v.sum.Breaking, count)
	case v.strict && v.sum.Warned > 0:
		return v.Negative("%d of %s: with warnings", v.sum.Warned, count)
	case v.strict && v.sum.Drifted > 0:
		return v.Negative("%d of %s: with drift", v.sum.Drifted, count)
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
