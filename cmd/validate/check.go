package validate

import (
	"bufio"
	"fmt"
	"io"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// validation is one run of validate.
type validation struct {
	*options
	name    string
	events  *cli.Events
	out     *bufio.Writer
	printer show.Printer[show.Checked, show.CheckSummary]
	text    []byte // buffer, for reuse

	hidden  hidden   // replaces values, with a baseline
	results *results // for reports; nil if there are none
	sum     show.CheckSummary
}

func (v *validation) run() error {
	for {
		event, err := v.events.Next()
		switch {
		case err == io.EOF:
			return v.end()
		case err != nil:
			return err
		case event.Truncated:
			v.Note(fmt.Sprintf("%s:%d: truncated entry skipped.", v.name, event.Line))
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
	checked := show.Checked{N: v.sum.Events, Line: event.Line, Text: event.Text, Report: report}
	if v.sum.Drift != nil {
		checked.Report = v.compare(event, report)
	}
	if v.results != nil {
		v.results.add(event, checked.Report)
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

// compare returns the report without values, and with the drift of the event.
func (v *validation) compare(event cli.InputEvent, report apizee.Report) apizee.Report {
	body := event.Body()
	isJSON, read := report.OK() || shape.IsObject(body), report.Event
	report.Findings = v.hidden.findings(event, report.Findings)
	if show.Form(v.output).ForPrograms() {
		report.Event = v.hidden.event(report.Event)
	}
	if !isJSON {
		return report
	}
	drift := v.sum.Drift.Baseline.CompareRead(read, body, v.drift.MinEvents)
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
	if v.sum.Events == 0 {
		return cli.Usage(fmt.Errorf("%s has no event", v.name), "pipe an event to it, or add a file.")
	}
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
