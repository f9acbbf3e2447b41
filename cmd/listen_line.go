package cmd

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// linePrinter shows a request on one line, its findings below it.
type linePrinter struct {
	headerPrinter
	width    func() int // of the terminal; 0 is unlimited
	headers  bool       // show them too
	forwards bool       // there is a column for the target's status
}

func (p linePrinter) reception(dst []byte, r *receive.Reception) []byte {
	c := p.columns()
	dst = p.summary(dst, c, r)
	if p.headers {
		dst = p.head(dst, r, c.indent())
	}
	return p.remarks(dst, c, r)
}

// summary is the line itself.
func (p linePrinter) summary(dst []byte, c columns, r *receive.Reception) []byte {
	l := line{dst: dst, palette: p.palette, limit: c.limit}
	p.clock(&l, c, r.At)
	switch e := r.Report.Event; {
	case !r.Outcome.IsEvent():
		l.column(p.request(r)+"  "+r.Problem, c.span(), console.Palette.Dim)
	case e.Object == "" && e.Name == "":
		l.column(p.request(r), c.span(), console.Palette.Strong)
	default:
		l.column(strings.TrimSpace(cmp.Or(e.Object, "?")+" "+e.IDText()), c.object, console.Palette.Object)
		l.column(cmp.Or(e.Name, "?"), c.event, console.Palette.Event)
		l.column(strings.Join(e.Summary(), "  "), c.props, console.Palette.Value)
	}
	if p.forwards {
		l.column(passedStatus(r), statusWidth+1, console.Palette.Dim)
	}
	l.column(statusText(r.Status), statusWidth, statusPaint(r))
	if c.took > 0 {
		l.column(console.Duration(r.Took), c.took, console.Palette.Dim)
	}
	return l.end()
}

// clock is the local time, where there is room for it.
func (p linePrinter) clock(l *line, c columns, at time.Time) {
	layout := clockMillis
	switch {
	case c.clock == 0:
		return
	case c.clock < len(clockMillis):
		layout = clockSeconds
	}
	l.column(at.Local().Format(layout), c.clock, console.Palette.Dim)
}

// request is the request line, for what is no event to look at.
func (p linePrinter) request(r *receive.Reception) string {
	return r.Method + " " + p.path(r)
}

func passedStatus(r *receive.Reception) string {
	if r.Forwarded == nil {
		return ""
	}
	return "→" + statusText(r.Forwarded.Status)
}

// statusText is the status, or a dash when there is none.
func statusText(status int) string {
	if status == 0 {
		return "-"
	}
	return strconv.Itoa(status)
}

func statusPaint(r *receive.Reception) paint {
	switch {
	case !r.Outcome.IsEvent():
		return console.Palette.Dim
	case r.Status >= 200 && r.Status <= 299:
		return console.Palette.OK
	}
	return console.Palette.Failure
}

// remarks are what went wrong and what was found, each below the line.
func (p linePrinter) remarks(dst []byte, c columns, r *receive.Reception) []byte {
	if r.Outcome.IsEvent() && r.Problem != "" {
		dst = p.remark(dst, c, "✗", r.Problem, console.Palette.Failure)
	}
	for _, f := range r.Report.Findings {
		if f.Severity == apizee.Error {
			dst = p.remark(dst, c, "✗", f.String(), console.Palette.Finding)
			continue
		}
		dst = p.remark(dst, c, "!", f.String(), console.Palette.Notice)
	}
	return dst
}

// remark is wrapped rather than cut: what is meant often comes last.
func (p linePrinter) remark(dst []byte, c columns, mark, text string, paint paint) []byte {
	width := 0
	if c.limit > 0 {
		width = max(c.limit-c.indent()-2, 1)
	}
	for _, part := range console.Wrap(console.Safe(text), width) {
		dst = appendSpaces(dst, c.indent())
		dst = append(dst, paint(p.palette, mark+" "+part)...)
		dst = append(dst, '\n')
		mark = " "
	}
	return dst
}

func (p linePrinter) malformed(dst []byte, m receive.Malformed) []byte {
	c := p.columns()
	l := line{dst: dst, palette: p.palette, limit: c.limit}
	p.clock(&l, c, m.At)
	text := "not a request: " + m.Reason
	if m.Remote != "" {
		text += "  (from " + m.Remote + ")"
	}
	l.column(text, 0, console.Palette.Dim)
	return l.end()
}

func (p linePrinter) leftOut(n int) []byte {
	l := line{palette: p.palette, limit: p.width()}
	l.column("… "+cli.Plural(n, "event")+" not shown: the terminal is slower than the senders", 0, console.Palette.Notice)
	return l.end()
}
