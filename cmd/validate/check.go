package validate

import (
	"bufio"
	"context"
	"fmt"
	"path/filepath"

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
	if ext := filepath.Ext(file); ext == ".yaml" || ext == ".yml" {
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
	input := cli.Input{Reader: in, File: file, Name: name, Pause: func() { _ = v.out.Flush() }} // a failed flush fails again at the next event
	switch err := cli.Each(ctx, input, v.examine, v.check); {
	case err == nil && v.sum.Events == before:
		return cli.Usage(fmt.Errorf("%s has no event", name), "pipe an event to it, or add a file.")
	default:
		return err
	}
}

// examined is what the checks of one event found.
type examined struct {
	report apizee.Report
	drift  *shape.Comparison // nil without a baseline, and for what is no JSON object
}

// examine checks an event. Several events are checked at a time.
func (v *validation) examine(event cli.InputEvent) examined {
	e := examined{report: validateEvent(v.Catalog, event)}
	if v.sum.Drift == nil {
		return e
	}
	if body := event.Body(); e.report.OK() || shape.IsObject(body) {
		drift := v.sum.Drift.Baseline.CompareRead(e.report.Event, body, v.drift.MinEvents)
		e.drift = &drift
	}
	return e
}

// check counts and prints the next event.
func (v *validation) check(event cli.InputEvent, e examined) error {
	if event.Truncated {
		v.Note(fmt.Sprintf("%s:%d: truncated entry skipped.", v.name, event.Line))
		return nil
	}
	report := e.report
	v.sum.Events++
	switch {
	case !report.OK():
		v.sum.Invalid++
	case len(report.Findings) > 0:
		v.sum.Warned++
	}
	checked := show.Checked{N: v.sum.Events, File: v.name, Line: event.Line, Text: event.Text, Report: report}
	if v.sum.Drift != nil {
		checked.Report = v.compared(event, e)
	}
	if v.reports.Any() || v.github {
		v.results[len(v.results)-1].add(event, checked.Report)
	}
	v.text = v.printer.Item(v.text[:0], checked)
	_, err := v.out.Write(v.text)
	return err
}

// validateEvent checks an event against the documented contract, or an entry of a recording with its
// method and headers.
func validateEvent(c *apizee.Catalog, event cli.InputEvent) apizee.Report {
	if e := event.Entry; e != nil {
		return c.ValidateRequest(apizee.Request{Method: e.Method, Headers: e.Headers, Body: e.Body})
	}
	return c.ValidateText(event.Text)
}

// compared returns the report without values, and with the drift of the event.
func (v *validation) compared(event cli.InputEvent, e examined) apizee.Report {
	report, drift := e.report, e.drift
	report.Findings = v.hidden.findings(event, report.Findings)
	if show.Form(v.output).ForPrograms() {
		report.Event = v.hidden.event(report.Event)
	}
	if drift == nil {
		return report
	}
	v.sum.Drift.Add(*drift, event.Line)
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
