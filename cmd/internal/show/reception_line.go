package show

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// receptionLine shows a request on one line, with its findings below.
type receptionLine struct{ Receptions }

// Begin adds the address of the listener.
func (p receptionLine) Begin(dst []byte) []byte {
	path := "any path"
	if p.Path != "" {
		path = "only " + p.Path
	}
	dst = fmt.Appendf(dst, "Listening on %s (%s). Ctrl-C stops.\n", p.Palette.Strong(p.URL), console.Safe(path))
	if p.Forward != nil {
		dst = fmt.Appendf(dst, "Forwarding to %s%s\n", console.Safe(deliver.ShowURL(p.Forward, p.Secrets)), console.Safe(p.throughProxy()))
	}
	if p.SelfSigned == nil {
		return dst
	}
	// How to verify the certificate.
	dst = fmt.Appendf(dst, "Certificate SHA-256 %s\n", receive.Fingerprint(*p.SelfSigned))
	if pin, err := receive.Pin(*p.SelfSigned); err == nil {
		dst = fmt.Appendf(dst, "With curl: curl --insecure --pinnedpubkey '%s' %s\n", pin, p.curlEndpoint())
	}
	return dst
}

// curlEndpoint returns the arguments of curl for the address of the listener.
func (p receptionLine) curlEndpoint() string {
	if p.Addr.Network() == "unix" {
		return "--unix-socket " + shellescape.Quote(p.Addr.String()) + " https://localhost/"
	}
	return p.URL + "/"
}

func (p receptionLine) Item(dst []byte, r *receive.Reception) []byte {
	c, start := p.columns(), len(dst)
	dst = p.summary(dst, c, r)
	if p.Headers || p.Verbose {
		dst = p.head(dst, r, c.indent())
	}
	dst = p.problems(dst, r, c.indent(), c.limit)
	return p.masked(p.forwardedLines(dst, r, c.indent(), c.limit), start)
}

// masked masks the known secrets in the text from start on: a sender can put them anywhere.
func (p receptionLine) masked(dst []byte, start int) []byte {
	if p.Known.IsEmpty() {
		return dst
	}
	text := string(dst[start:])
	if masked := p.hide(text); masked != text {
		return append(dst[:start], masked...)
	}
	return dst
}

// End adds the summary.
func (p receptionLine) End(dst []byte, sum *Tally) []byte {
	dst = append(append(dst, sum.Text(p.Palette, p.width())...), '\n')
	if sum.Drift != nil && sum.Events > 0 {
		dst = sum.Drift.appendTo(dst, p.Style)
	}
	return dst
}

// summary adds the line.
func (p receptionLine) summary(dst []byte, c columns, r *receive.Reception) []byte {
	l := console.NewLine(dst, p.Palette, c.limit)
	p.clock(&l, c, r.At)
	switch e := r.Report.Event; {
	case !r.Outcome.IsEvent():
		l.Column(p.request(r)+"  "+r.Problem, c.span(), p.linked(console.Palette.Dim))
	case !isNamed(e):
		l.Column(p.request(r), c.span(), p.linked(console.Palette.Strong))
	default:
		object, props := objectText(e), console.Safe(strings.Join(e.Summary(), "  "))
		c = c.fit(object, props)
		l.Column(object, c.object, p.linked(console.Palette.Object))
		l.Column(eventText(e), c.event, console.Palette.Event)
		l.Column(props, c.props, console.Palette.Value)
	}
	if p.Forward != nil {
		l.Column(forwardedStatus(r), statusWidth+1, console.Palette.Dim)
	}
	l.Column(statusText(r.Status), statusWidth, statusPaint(r))
	if c.took > 0 {
		l.Column(console.Duration(r.Took), c.took, console.Palette.Dim)
	}
	return l.End()
}

// linked returns a paint that links the text to the request in the inspector, if there is one.
func (p receptionLine) linked(paint console.Paint) console.Paint {
	if p.Link == nil {
		return paint
	}
	return func(palette console.Palette, text string) string { return console.Link(p.Link(), paint(palette, text)) }
}

// clock adds the local time, where there is room.
func (p receptionLine) clock(l *console.Line, c columns, at time.Time) {
	layout := clockMillis
	switch {
	case c.clock == 0:
		return
	case c.clock < len(clockMillis):
		layout = clockSeconds
	}
	l.Column(at.Local().Format(layout), c.clock, console.Palette.Dim)
}

// request returns the request line, for a request without a recognized event.
func (p receptionLine) request(r *receive.Reception) string {
	return Brief(r.Method) + " " + Brief(p.path(r.Path))
}

func forwardedStatus(r *receive.Reception) string {
	if r.Forwarded == nil {
		return ""
	}
	return "→" + statusText(r.Forwarded.Status)
}

// statusText returns the status, or a dash for none.
func statusText(status int) string {
	if status == 0 {
		return "-"
	}
	return strconv.Itoa(status)
}

func statusPaint(r *receive.Reception) console.Paint {
	switch {
	case !r.Outcome.IsEvent():
		return console.Palette.Dim
	case r.Status >= 200 && r.Status <= 299:
		return console.Palette.OK
	}
	return console.Palette.Failure
}

// head adds the request line and the headers.
func (p receptionLine) head(dst []byte, r *receive.Reception, indent int) []byte {
	dst = p.dim(dst, indent, p.request(r)+" "+r.Proto)
	return p.headers(dst, indent, p.mask(r.Headers, p.SecretHeader))
}

// problems adds the problem and the findings, each below the line.
func (p receptionLine) problems(dst []byte, r *receive.Reception, indent, width int) []byte {
	if r.Outcome.IsEvent() && r.Problem != "" {
		dst = problem(p.Palette, r.Problem).appendTo(dst, indent, width)
	}
	for _, f := range r.Report.Findings {
		dst = Finding(p.Palette, f).appendTo(dst, indent, width)
	}
	return dst
}

func (p receptionLine) Malformed(dst []byte, m receive.Malformed) []byte {
	c := p.columns()
	l := console.NewLine(dst, p.Palette, c.limit)
	p.clock(&l, c, m.At)
	text := "not a request: " + m.Reason
	if m.Remote != "" {
		text += "  (from " + m.Remote + ")"
	}
	l.Column(text, 0, console.Palette.Dim)
	return l.End()
}

func (p receptionLine) Omitted(n int) []byte {
	l := console.NewLine(nil, p.Palette, p.width())
	l.Column(omitted(n), 0, console.Palette.Warning)
	return l.End()
}

func omitted(n int) string {
	return "… " + console.Plural(n, "event") + " not shown: the terminal is slower than the senders"
}

// receptionPretty shows the whole request: the line, its headers, its body and its findings.
type receptionPretty struct{ receptionLine }

func (p receptionPretty) Item(dst []byte, r *receive.Reception) []byte {
	c, start := p.columns(), len(dst)
	dst = p.summary(dst, c, r)
	dst = p.head(dst, r, 0)
	dst = append(dst, console.JSON(r.Body, p.Palette)...)
	dst = p.problems(dst, r, columns{}.indent(), c.limit)
	return p.masked(append(p.forwardedWhole(dst, r), '\n'), start)
}
