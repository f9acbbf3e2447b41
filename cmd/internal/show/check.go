package show

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Check shows how a file of events differs from the documented contract.
type Check struct {
	Style
	Name string // of the file
}

// Checked is one event of the file.
type Checked struct {
	N      int    // from 1
	Line   int    // of the file, on which it begins
	Text   string // of the event in the file
	Report apizee.Report
}

// CheckSummary counts the events of a file.
type CheckSummary struct {
	Events  int
	Invalid int // with an error
	Warned  int // valid, with a warning
}

// In returns the printer for a form.
func (c Check) In(form Form) Printer[Checked, CheckSummary] {
	switch {
	case form == JSON:
		return jsonLines[Checked, CheckSummary]{object: newCheckedJSON}
	case c.Quiet:
		return silent[Checked, CheckSummary]{}
	}
	return &checkText{Check: c}
}

type checkedJSON struct {
	N        int              `json:"n"`
	Line     int              `json:"line"`
	OK       bool             `json:"ok"`
	Event    eventJSON        `json:"event"`
	Findings []apizee.Finding `json:"findings"`
}

func newCheckedJSON(c Checked) any {
	return checkedJSON{c.N, c.Line, c.Report.OK(), newEventJSON(c.Report.Event), nonNil(c.Report.Findings)}
}

type checkText struct {
	silent[Checked, CheckSummary]
	Check
	line int // of the previous event; 0 is none
}

// Item adds each finding, with its position.
func (c *checkText) Item(dst []byte, item Checked) []byte {
	number := ""
	if item.Line == c.line { // the same line as the previous event
		number = fmt.Sprintf(" event %d:", item.N)
	}
	c.line = item.Line
	for _, f := range item.Report.Findings {
		line := item.Line + lineWithin(item.Text, f.Offset)
		where := fmt.Sprintf("%s:%d:%s", console.Safe(c.Name), line, number)
		dst = fmt.Appendf(dst, "%s %s\n", c.Palette.Dim(where), Finding(c.Palette, f))
	}
	return dst
}

// lineWithin returns the number of line breaks in a text before an offset.
func lineWithin(text string, offset int) int {
	return strings.Count(text[:min(offset, len(text))], "\n")
}

// End says how many are invalid.
func (c *checkText) End(dst []byte, sum CheckSummary) []byte {
	return fmt.Appendf(dst, "%s: %s\n", console.Plural(sum.Events, "event"), checkVerdict(c.Palette, sum))
}

func checkVerdict(p console.Palette, sum CheckSummary) string {
	switch {
	case sum.Invalid > 0:
		return p.Finding(fmt.Sprintf("%d invalid", sum.Invalid))
	case sum.Warned > 0:
		return p.OK("valid") + ", " + p.Warning(fmt.Sprintf("%d with warnings", sum.Warned))
	}
	return p.OK("valid")
}
