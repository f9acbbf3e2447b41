package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// shownReply is how many lines of a reply's body are shown.
const shownReply = 20

// sendPrinter tells how deliveries go, as text or as JSON.
type sendPrinter struct {
	app     *app
	options *sendOptions
	count   int // of deliveries
	request deliver.Request
	palette console.Palette
	last    deliver.Result
	failure *deliver.Failure // the first one
	problem error            // of writing
}

func (a *app) newSendPrinter(o *sendOptions, count int, request deliver.Request) *sendPrinter {
	return &sendPrinter{app: a, options: o, count: count, request: request, palette: a.Out()}
}

// begin says what is sent and where to.
func (s *sendPrinter) begin() {
	if s.app.Quiet || s.options.output != "text" {
		return
	}
	p := s.palette
	fmt.Fprintf(s.app.Stdout, "%s %s\n", p.Strong("→"), eventLine(p, s.app.Catalog.Validate(s.request.Body).Event))
	fmt.Fprintf(s.app.Stdout, "  %s\n", s.app.requestLine(s.request)+faultNote(p, s.options.fault))
	if s.app.Verbose {
		s.app.printRequestHeaders(s.request)
	}
}

// eventLine is an event in few words: "ticket 100 update  state=invited".
func eventLine(p console.Palette, e apizee.Event) string {
	object := strings.TrimSpace(cmp.Or(e.Object, "?") + " " + e.IDText())
	line := p.Object(console.Safe(object)) + " " + p.Event(console.Safe(cmp.Or(e.Name, "?")))
	for _, word := range e.Summary() {
		line += "  " + p.Value(console.Safe(word))
	}
	return line
}

// result tells how one attempt went.
func (s *sendPrinter) result(r deliver.Result) {
	s.last = r
	if r.Failure != nil && s.failure == nil {
		s.failure = r.Failure
	}
	switch {
	case s.options.output == "json":
		s.problem = cmp.Or(s.problem, s.app.printDelivery(s.request, r, s.options.fault.Name))
	case !s.app.Quiet:
		s.resultText(r)
	}
}

func (s *sendPrinter) resultText(r deliver.Result) {
	p := s.palette
	number := ""
	if s.count > 1 {
		number = p.Dim(fmt.Sprintf("#%d ", r.N))
	}
	fmt.Fprintf(s.app.Stdout, "%s%s %s  %s\n", number, p.Strong("←"), s.answer(r), p.Dim(s.app.took(r)))
	if s.app.Verbose {
		s.app.printReplyHeaders(s.request.Target, r.Headers)
	}
	if s.count == 1 || s.app.Verbose {
		s.replyBody(r)
	}
	if r.NextIn > 0 {
		fmt.Fprintf(s.app.Stdout, "  %s\n", p.Notice("trying again in "+console.Duration(r.NextIn)))
	}
}

// answer is the status of a reply, or why there is none. A single failure is
// explained by the error at the end.
func (s *sendPrinter) answer(r deliver.Result) string {
	if r.Failure != nil && s.count == 1 && r.NextIn == 0 {
		return s.palette.Failure(string(r.Failure.Kind))
	}
	return s.app.verdictText(s.palette, s.request.Target, r)
}

// replyBody shows what the endpoint said: an error page tells more than its
// status.
func (s *sendPrinter) replyBody(r deliver.Result) {
	if len(r.Body) == 0 {
		return
	}
	body := s.app.shownBody(s.request.Target, r)
	lines := slices.Collect(strings.Lines(string(console.JSON([]byte(body), s.palette))))
	for i, line := range lines {
		if i == shownReply && !s.app.Verbose {
			fmt.Fprintf(s.app.Stdout, "  %s\n", s.palette.Dim(fmt.Sprintf("… %d more lines; -v shows them", len(lines)-i)))
			return
		}
		fmt.Fprintf(s.app.Stdout, "  %s\n", strings.TrimSuffix(line, "\n"))
	}
	if r.Truncated {
		fmt.Fprintf(s.app.Stdout, "  %s\n", s.palette.Dim("… the rest of the reply was not kept"))
	}
}

// end sums up a series.
func (s *sendPrinter) end(sum deliver.Summary) {
	if s.app.Quiet || s.options.output != "text" || s.count == 1 {
		return
	}
	fmt.Fprintln(s.app.Stdout, s.app.summaryText(sum))
}

// summaryText is the count of a series, on one line where there is room.
func (a *app) summaryText(sum deliver.Summary) string {
	p := a.Out()
	pieces := []console.Cell{
		{Text: fmt.Sprintf("%d sent:", sum.Sent)}, marked(console.Cell{Text: fmt.Sprintf("%d accepted", sum.Accepted), Paint: p.OK}, ","),
		marked(some(p.Finding, sum.Rejected, "rejected"), ","), some(p.Failure, sum.Failed, "failed"),
	}
	if sum.Accepted+sum.Rejected > 0 {
		pieces = append(pieces, console.Cell{Text: fmt.Sprintf(" min %s, median %s, p95 %s, max %s", console.Duration(sum.Min),
			console.Duration(sum.Median), console.Duration(sum.P95), console.Duration(sum.Max)), Paint: p.Dim})
	}
	return console.Flow(pieces, a.Width(), 0)
}

// some paints a count that is not zero.
func some(paint func(string) string, n int, what string) console.Cell {
	cell := console.Cell{Text: fmt.Sprintf("%d %s", n, what)}
	if n > 0 {
		cell.Paint = paint
	}
	return cell
}

// marked has a mark such as a comma behind it, in plain.
func marked(c console.Cell, mark string) console.Cell {
	paint := c.Paint
	if paint == nil {
		paint = plainly
	}
	text := c.Text
	return console.Cell{Text: text + mark, Paint: func(string) string { return paint(text) + mark }}
}

// verdict is the error that the exit code comes from.
func (s *sendPrinter) verdict(sum deliver.Summary) error {
	switch {
	case s.problem != nil:
		return s.problem
	case sum.Failed > 0 && s.failure.Kind == fault.KindAborted:
		return nil // as asked
	case sum.Failed > 0:
		return notDelivered(s.failure)
	case sum.Rejected > 0 && s.app.Quiet:
		return cli.AnswerNoBecause(fmt.Errorf("the endpoint answered %d %s", s.last.Status, s.last.StatusText))
	case sum.Rejected > 0:
		return cli.AnswerNo()
	}
	return nil
}

// notDelivered is the error of a delivery that got no whole reply.
func notDelivered(f *deliver.Failure) error {
	hint := ""
	if f.Hint != "" {
		hint = f.Hint + "."
	}
	return cli.Unreachable(fmt.Errorf("not delivered: %s", f.Message), hint)
}
