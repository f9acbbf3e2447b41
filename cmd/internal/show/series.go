package show

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Series shows the deliveries of one event.
type Series struct {
	Style
	Request deliver.Request
	Event   apizee.Event // in the request
	Fault   string       // that is injected, or ""
	Count   int          // of deliveries; a single one is shown in more detail
}

// In returns the printer for a form.
func (s Series) In(form Form) Printer[deliver.Result, deliver.Summary] {
	object := func(r deliver.Result) any { return s.delivery(s.Request, r, s.Fault) }
	return printerOf[deliver.Result, deliver.Summary](form, s.Quiet, object, seriesText{s})
}

// FaultLabel returns the end of a line that names the injected fault, if any.
func FaultLabel(p console.Palette, fault string) string {
	if fault == "" {
		return ""
	}
	return ", " + p.Warning("fault "+fault)
}

type seriesText struct{ Series }

// Begin adds the event and its target.
func (s seriesText) Begin(dst []byte) []byte {
	p := s.Palette
	dst = fmt.Appendf(dst, "%s %s\n", p.Strong("→"), Event(p, s.Event))
	dst = fmt.Appendf(dst, "  %s%s\n", p.Dim(console.Safe(s.requestText(s.Request))), FaultLabel(p, s.Fault))
	if s.Verbose {
		dst = s.requestHeaders(dst, s.Request)
	}
	return dst
}

// Item adds the result of one attempt.
func (s seriesText) Item(dst []byte, r deliver.Result) []byte {
	p := s.Palette
	if s.Count > 1 {
		dst = append(dst, p.Dim(fmt.Sprintf("#%d ", r.N))...)
	}
	dst = fmt.Appendf(dst, "%s %s  %s\n", p.Strong("←"), s.status(r), p.Dim(s.took(r)))
	if s.Verbose {
		dst = s.through(dst, r)
		dst = s.responseHeaders(dst, s.Request.Target, r)
	}
	if s.Count == 1 || s.Verbose {
		dst = s.responseBody(dst, r)
	}
	if r.NextIn > 0 {
		dst = fmt.Appendf(dst, "  %s\n", p.Warning("next attempt in "+console.Duration(r.NextIn)))
	}
	return dst
}

// status returns the status of a response, or why there is none. A single failure is explained by the
// error at the end.
func (s seriesText) status(r deliver.Result) string {
	if r.Failure != nil && s.Count == 1 && r.NextIn == 0 {
		return s.Palette.Failure(string(r.Failure.Kind))
	}
	return s.verdict(s.Palette, s.Request.Target, r)
}

// The parts of a response's body that are shown: an error page may be one line of any length.
const (
	maxBodyLines   = 20
	maxBodyColumns = 400
)

// responseBody adds the body of the response: an error page says more than its status.
func (s seriesText) responseBody(dst []byte, r deliver.Result) []byte {
	if len(r.Body) == 0 {
		return dst
	}
	if r.Undecoded != "" {
		return fmt.Appendf(dst, "  %s\n", s.Palette.Dim(console.Safe(notShown(r.Undecoded))))
	}
	body := []byte(s.body(s.Request.Target, r))
	lines, colored := bodyLines(body, console.Palette{}), bodyLines(body, s.Palette)
	isCut := false
	for i, line := range lines {
		if i == maxBodyLines && !s.Verbose {
			return fmt.Appendf(dst, "  %s\n", s.Palette.Dim(fmt.Sprintf("… %d more lines; -v shows them", len(lines)-i)))
		}
		shown := colored[i]
		if cut := console.Cut(line, maxBodyColumns); cut != line && !s.Verbose {
			shown, isCut = cut, true
		}
		dst = fmt.Appendf(dst, "  %s\n", shown)
	}
	switch {
	case isCut:
		return fmt.Appendf(dst, "  %s\n", s.Palette.Dim(fmt.Sprintf("… lines are cut at %d columns; -v shows them", maxBodyColumns)))
	case r.Truncated:
		return fmt.Appendf(dst, "  %s\n", s.Palette.Dim("… the rest of the response is not shown"))
	}
	return dst
}

func bodyLines(body []byte, p console.Palette) []string {
	return strings.Split(strings.TrimSuffix(string(console.JSON(body, p)), "\n"), "\n")
}

// End adds the summary of a series.
func (s seriesText) End(dst []byte, sum deliver.Summary) []byte {
	if s.Count == 1 {
		return dst
	}
	return s.deliveries(dst, sum)
}

// deliveries adds the counts of deliveries, on one line where there is room.
func (s Style) deliveries(dst []byte, sum deliver.Summary) []byte {
	p := s.Palette
	pieces := []console.Cell{
		{Text: fmt.Sprintf("%d sent:", sum.Sent)}, console.Cell{Text: fmt.Sprintf("%d accepted", sum.Accepted), Paint: p.OK}.Marked(","),
		Count(p.Finding, sum.Rejected, "rejected").Marked(","), Count(p.Failure, sum.Failed, "failed"),
	}
	if sum.Accepted+sum.Rejected > 0 {
		pieces = append(pieces, console.Cell{Text: fmt.Sprintf(" min %s, median %s, p95 %s, max %s", console.Duration(sum.Min),
			console.Duration(sum.Median), console.Duration(sum.P95), console.Duration(sum.Max)), Paint: p.Dim})
	}
	return append(append(dst, console.Flow(pieces, s.width(), 0)...), '\n')
}
