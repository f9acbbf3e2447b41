package show

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// Check shows how files of events differ from the documented contract, and from a baseline.
type Check struct {
	Style
	Strict bool // warnings are errors
}

// Checked is one event of a file.
type Checked struct {
	N      int // from 1, of all files
	File   string
	Line   int    // of the file, on which it begins
	Text   string // of the event in the file
	Report apizee.Report
}

// CheckSummary counts the events of all files.
type CheckSummary struct {
	Events   int
	Invalid  int // with an error
	Warned   int // valid, with a warning
	Breaking int // with breaking drift
	Drifted  int // with other drift that counts as a warning
	Drift    *Drifted
}

// Drifted is how the events of a file drift from a baseline.
type Drifted struct {
	Name     string // of the file with the baseline
	Baseline *shape.Baseline
	*shape.Tally
}

// In returns the printer for a form.
func (c Check) In(form Form) Printer[Checked, CheckSummary] {
	return printerOf[Checked, CheckSummary](form, c.Quiet, c.json, &checkText{Check: c})
}

type checkedJSON struct {
	N        int              `json:"n" about:"number of the event, from 1, of all files"`
	File     string           `json:"file" about:"name of the file, or stdin"`
	Line     int              `json:"line" about:"line of the file on which the event begins"`
	OK       bool             `json:"ok" about:"no finding is an error or breaking drift; with --strict: or a warning or other drift"`
	Event    eventJSON        `json:"event"`
	Findings []apizee.Finding `json:"findings"`
}

// CheckedJSON is a value of the type that is printed for each event.
func CheckedJSON() any { return checkedJSON{} }

func (c Check) json(item Checked) any {
	ok := !slices.ContainsFunc(item.Report.Findings, c.fails)
	return checkedJSON{item.N, item.File, item.Line, ok, newEventJSON(item.Report.Event), nonNil(item.Report.Findings)}
}

// fails reports whether a finding makes the result negative.
func (c Check) fails(f apizee.Finding) bool {
	switch f.Severity {
	case apizee.Error, shape.Breaking:
		return true
	case apizee.Warning, shape.Warning:
		return c.Strict
	}
	return false
}

type checkText struct {
	silent[Checked, CheckSummary]
	Check
	file string // of the previous event
	line int    // of the previous event; 0 is none
}

// Item adds each finding, with its position.
func (c *checkText) Item(dst []byte, item Checked) []byte {
	number := ""
	if item.File == c.file && item.Line == c.line { // the same line as the previous event
		number = fmt.Sprintf(" event %d:", item.N)
	}
	c.file, c.line = item.File, item.Line
	for _, f := range item.Report.Findings {
		where := fmt.Sprintf("%s:%d:%s", console.Safe(item.File), item.LineOf(f), number)
		dst = fmt.Appendf(dst, "%s %s\n", c.Palette.Dim(where), Finding(c.Palette, f))
	}
	return dst
}

// LineOf returns the line of the file that a finding is on.
func (c Checked) LineOf(f apizee.Finding) int {
	return c.Line + strings.Count(c.Text[:min(f.Offset, len(c.Text))], "\n")
}

// End says how many are invalid, and sums up the drift.
func (c *checkText) End(dst []byte, sum CheckSummary) []byte {
	dst = fmt.Appendf(dst, "%s: %s\n", console.Plural(sum.Events, "event"), c.verdict(sum))
	if sum.Drift != nil {
		dst = sum.Drift.appendTo(dst, c.Style)
	}
	return dst
}

// verdict counts the events with findings. It says that all are valid unless the result is negative.
func (c *checkText) verdict(sum CheckSummary) string {
	var words []string
	if sum.Invalid+sum.Breaking == 0 && !(c.Strict && sum.Warned+sum.Drifted > 0) {
		words = append(words, c.Palette.OK("valid"))
	}
	add := func(n int, paint func(string) string, what string) {
		if n > 0 {
			words = append(words, paint(fmt.Sprintf("%d %s", n, what)))
		}
	}
	add(sum.Invalid, c.Palette.Finding, "invalid")
	if sum.Invalid == 0 {
		add(sum.Warned, c.Palette.Warning, "with warnings")
	}
	add(sum.Breaking, c.Palette.Drift, "with breaking drift")
	if c.Strict {
		add(sum.Drifted, c.Palette.Drift, "with drift")
	}
	return strings.Join(words, ", ")
}

// appendTo adds each drift, with how many events have it and what it means.
func (d *Drifted) appendTo(dst []byte, s Style) []byte {
	title := fmt.Sprintf("Drift from %s (%s)", console.Safe(d.Name), d.basis())
	changes := d.Changes()
	if len(changes) == 0 {
		return fmt.Appendf(dst, "%s: %s\n", title, s.Palette.OK("none"))
	}
	dst = fmt.Appendf(dst, "%s:\n", title)
	for _, c := range changes {
		f := c.Finding
		f.Path = strings.TrimSpace(c.Kind.String() + "  " + f.Path)
		dst = Finding(s.Palette, f).appendTo(dst, 2, s.width())
		dst = Problem{" ", d.extent(c), s.Palette.Dim}.appendTo(dst, 2, s.width())
	}
	if d.Omitted > 0 {
		dst = s.dim(dst, 2, fmt.Sprintf("%d more", d.Omitted))
	}
	return dst
}

// basis says what the baseline rests on.
func (d *Drifted) basis() string {
	basis := console.Plural(d.Baseline.Events, "event")
	if !d.Baseline.Since.IsZero() {
		basis += ", " + d.Baseline.Since.UTC().Format(time.DateOnly) + " to " + d.Baseline.Until.UTC().Format(time.DateOnly)
	}
	return basis
}

// extent says how many events have a drift, since when, and what it means for an endpoint.
func (d *Drifted) extent(c shape.Change) string {
	text := fmt.Sprintf("%d of %s", c.Count, console.Plural(c.Of, "event"))
	if c.Line > 0 {
		text += fmt.Sprintf(", from line %d on", c.Line)
	}
	if !c.Since.IsZero() {
		text += " (" + c.Since.UTC().Format("2006-01-02 15:04:05 UTC") + ")"
	}
	if c.Few {
		return text
	}
	return text + ": " + c.Consequence()
}
