package show

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// receptionCSV shows a request as one row of CSV (RFC 4180), after a header row. A row is one line, since
// line breaks in a text are escaped.
//
// A spreadsheet runs a cell that starts with =, +, - or @ as a formula, and senders choose the content of
// cells: such a cell gets an apostrophe in front, which makes it a text. Numbers stay numbers. For the
// exact bytes use -o json and --record.
type receptionCSV struct{ Receptions }

// receptionHeader returns the names of the columns. took is in milliseconds; status is empty without a
// response; findings start with ✗ for an error and with ! for a warning.
func receptionHeader() []string {
	return []string{
		"receivedAt", "remote", "method", "path", "event", "object", "objectId", "summary",
		"status", "durationMs", "forwardedStatus", "outcome", "problem", "findings",
	}
}

const betweenTexts = "; " // in one cell

func (p receptionCSV) Begin(dst []byte) []byte { return appendRow(dst, receptionHeader()) }

func (p receptionCSV) Item(dst []byte, r *receive.Reception) []byte {
	event, forwarded := r.Report.Event, ""
	if r.Forwarded != nil {
		forwarded = statusCell(r.Forwarded.Status)
	}
	findings := make([]string, len(r.Report.Findings))
	for i, f := range r.Report.Findings {
		finding := Finding(console.Palette{}, f)
		findings[i] = finding.Mark + " " + finding.Text
	}
	return appendRow(dst, []string{
		instant(r.At), r.Remote, r.Method, p.path(r.Path), event.Name, event.Object, event.IDText(),
		strings.Join(event.Summary(), betweenTexts), statusCell(r.Status),
		strconv.FormatFloat(milliseconds(r.Took), 'f', -1, 64), forwarded, string(r.Outcome), r.Problem,
		strings.Join(findings, betweenTexts),
	})
}

func (p receptionCSV) End(dst []byte, _ *Tally) []byte { return dst }

// Malformed adds the time and the sender, and the reason as the problem.
func (p receptionCSV) Malformed(dst []byte, m receive.Malformed) []byte {
	return appendRow(dst, []string{instant(m.At), m.Remote, "", "", "", "", "", "", "", "", "", "malformed", m.Reason, ""})
}

// Omitted returns a row with a problem only.
func (p receptionCSV) Omitted(n int) []byte {
	return appendRow(nil, []string{"", "", "", "", "", "", "", "", "", "", "", "omitted", omitted(n), ""})
}

func statusCell(status int) string {
	if status == 0 {
		return ""
	}
	return strconv.Itoa(status)
}

// appendRow adds a row of untrusted texts.
func appendRow(dst []byte, cells []string) []byte {
	for i, cell := range cells {
		cells[i] = safeCell(cell)
	}
	var row bytes.Buffer
	w := csv.NewWriter(&row)
	w.UseCRLF = true
	_ = w.Write(cells) // a buffer does not fail
	w.Flush()
	return append(dst, row.Bytes()...)
}

// safeCell makes a text safe for a terminal and for a spreadsheet.
func safeCell(text string) string {
	text = console.Safe(text)
	if start := strings.TrimLeft(text, " "); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) && !isNumber(text) {
		return "'" + text
	}
	return text
}

// isNumber reports whether a text is a JSON number.
func isNumber(text string) bool {
	var number json.Number
	return json.Unmarshal([]byte(text), &number) == nil && text[0] != '"'
}
