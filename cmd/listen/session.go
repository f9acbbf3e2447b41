package listen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// maxSpooled is how many bytes of output may wait for the terminal.
const maxSpooled = 4 << 20

// session shows and counts what is received, one request at a time.
type session struct {
	*plan
	inspection
	printer show.ReceptionPrinter
	spool   *console.Spool // nil before begin, and when nothing is printed
	text    []byte         // buffer, for reuse
	counted func()         // called once, after --count events
	tally   *show.Tally
}

func newSession(p *plan, counted func()) *session {
	s := &session{plan: p, counted: counted, tally: show.NewTally(p.Catalog.ObjectNames())}
	if p.baseline != nil {
		s.tally.Drift = &show.Drifted{Name: p.drift.File, Baseline: p.baseline, Tally: shape.NewTally()}
	}
	p.receive.OnReception, p.receive.OnMalformed = s.reception, s.malformed
	return s
}

// begin shows the address of the listener.
func (s *session) begin(bound net.Addr) {
	if !receive.IsLoopback(bound) {
		s.Note(fmt.Sprintf("other machines can reach %s too; use --addr %s to accept only this machine.", bound, localAddr(bound)))
	}
	if s.Quiet && !s.form.ForPrograms() {
		return
	}
	receptions := show.Receptions{
		Style: s.Style(), Listening: s.listening(bound), Page: s.pageURL(), Link: s.link(),
		Headers: s.showHeaders, SecretHeader: s.receive.RequireHeader.Name,
	}
	if s.form == show.CSV && !s.Quiet { // CSV has no row for the address
		receptions.Palette = s.Err()
		s.Stderr.Write(receptions.In(show.Line).Begin(nil))
	}
	s.printer = receptions.In(s.form)
	s.spool = console.NewSpool(s.StdoutFor(s.form), maxSpooled, s.printer.Omitted)
	s.spool.Print(s.printer.Begin(nil))
}

// listening returns the address of the listener, and what it does.
func (p *plan) listening(bound net.Addr) show.Listening {
	l := show.Listening{URL: cli.LocalURL(p.scheme(), bound), Addr: bound, Path: p.config.Path, SelfSigned: p.selfSigned}
	if p.receive.Forward != nil {
		l.Forward = p.receive.Forward.Target
		l.Proxy = p.receive.Forward.Network.ProxyName(l.Forward)
	}
	return l
}

// localAddr returns the loopback address with the same port.
func localAddr(bound net.Addr) string {
	_, port, _ := net.SplitHostPort(bound.String()) // it is TCP, as other machines can reach it
	return net.JoinHostPort("127.0.0.1", port)
}

// scheme returns the scheme of the listener's URL.
func (p *plan) scheme() string {
	if p.receive.TLS != nil {
		return "https"
	}
	return "http"
}

// reception shows one request, after its response.
func (s *session) reception(r *receive.Reception) {
	s.publish(r)
	if r.Outcome.IsEvent() && !s.filter.Match(r.Report.Event) {
		return
	}
	if s.baseline != nil && r.Outcome.IsEvent() {
		r.Report = s.compared(r)
	}
	if s.spool != nil {
		s.print(s.printer.Item(s.text[:0], r))
	}
	before := s.tally.Received()
	s.tally.Add(r)
	if now := s.tally.Received(); now == s.count && now > before {
		s.counted()
	}
}

// compared returns the report of an event with its drift from the baseline, and counts that.
func (s *session) compared(r *receive.Reception) apizee.Report {
	if drift, is := s.compare(r.Report.Event, r.Body); is {
		s.tally.Drift.Add(drift, 0)
		r.Report.Findings = slices.Concat(r.Report.Findings, drift.Findings())
	}
	return r.Report
}

// driftOf returns how an event differs from the baseline.
func (p *plan) driftOf(event apizee.Event, body []byte) []apizee.Finding {
	drift, _ := p.compare(event, body)
	return drift.Findings()
}

// compare compares an event with the baseline. It returns false for a body that is not an object.
func (p *plan) compare(event apizee.Event, body []byte) (shape.Comparison, bool) {
	text := string(body)
	if !shape.IsObject(text) {
		return shape.Comparison{}, false
	}
	return p.baseline.Compare(event, text, p.drift.MinEvents), true
}

func (s *session) malformed(m receive.Malformed) {
	if s.spool != nil {
		s.print(s.printer.Malformed(s.text[:0], m))
	}
	s.tally.AddMalformed(m)
}

// print passes a text on, and keeps the buffer for reuse unless it is too large.
func (s *session) print(text []byte) {
	const maxKept = 64 << 10
	s.spool.Print(text)
	if s.text = text; cap(text) > maxKept {
		s.text = nil
	}
}

// end waits until all is printed, for grace after the end of ctx, and prints the summary: on standard
// error when the output is for programs. It returns the verdict, or that the output was lost.
func (s *session) end(ctx context.Context, verdict error) error {
	if s.spool == nil {
		return verdict
	}
	if err := s.spool.Close(ctx, grace); errors.Is(err, console.ErrStuck) {
		return s.reportStuck(ctx, verdict)
	}
	isInterrupted := ctx.Err() != nil && !errors.Is(context.Cause(ctx), errTimedOut)
	if isInterrupted && !s.Quiet && console.IsTerminal(s.Stdout) {
		fmt.Fprintln(s.Stdout) // the terminal has printed ^C on the line
	}
	switch {
	case s.Quiet:
	case s.JSON:
		s.Note(s.tally.Text(console.Palette{}, 0))
	case s.form.ForPrograms():
		fmt.Fprintln(s.Stderr, s.tally.Text(s.Err(), s.Width()))
	default:
		s.StdoutFor(s.form).Write(s.printer.End(nil, s.tally))
	}
	return verdict
}

// reportStuck reports that output is missing, and the verdict, unless that blocks too: it is often the
// same terminal.
func (s *session) reportStuck(ctx context.Context, verdict error) error {
	beside := console.NewSpool(s.Stderr, maxSpooled, s.printer.Omitted)
	if note := "output is blocked and incomplete: " + s.tally.Text(s.Err(), 0); s.JSON {
		beside.Print(show.AppendJSONLine(nil, cli.NoteJSON{Note: note}))
	} else {
		beside.Print([]byte(note + "\n"))
	}
	ended := cli.OutputLost(verdict, console.ErrStuck)
	if verdict != nil {
		var text bytes.Buffer
		s.Report(&text, verdict)
		beside.Print(text.Bytes())
	}
	_ = beside.Close(ctx, grace/10)
	return cli.Exit(cli.ExitCode(ended))
}

// Reasons for the listener to stop.
var (
	errCounted  = errors.New("--count reached")
	errTimedOut = errors.New("timed out")
)

// verdict returns the error for the exit code.
func (s *session) verdict(cause, served error) error {
	counting := s.count > 0 && s.tally.Received() < s.count
	switch {
	case served != nil && !errors.Is(served, receive.ErrAborted):
		return cli.Unreachable(served, "")
	case counting && s.tally.NotRecorded > 0 && errors.Is(cause, errTimedOut):
		return notRecorded(s.tally.NotRecorded)
	case counting && errors.Is(cause, errTimedOut):
		return cli.NegativeBecause(fmt.Errorf("timed out after %s: received %d of %s", s.timeout, s.tally.Received(), console.Plural(s.count, "event")), "")
	case counting:
		return cli.Interrupted()
	case s.strict && s.tally.Invalid > 0:
		return s.Negative("%d of %s: invalid", s.tally.Invalid, console.Plural(s.tally.Events, "event"))
	case s.strict && s.tally.Breaking > 0:
		return s.Negative("%d of %s: with breaking drift", s.tally.Breaking, console.Plural(s.tally.Events, "event"))
	case s.strict && s.tally.Rejected > 0:
		return s.Negative("%s refused; the reason is on the line of each", console.Plural(s.tally.Rejected, "request"))
	case s.tally.NotRecorded > 0:
		return notRecorded(s.tally.NotRecorded)
	case s.tally.NotForwarded > 0:
		return cli.Unreachable(fmt.Errorf("%s could not be forwarded", console.Plural(s.tally.NotForwarded, "event")),
			"the reason is on the line of each; senders got 502 or a truncated response, or had disconnected.")
	}
	return nil
}

func notRecorded(n int) error {
	return cli.Usage(fmt.Errorf("%s could not be recorded", console.Plural(n, "event")), "the reason is on the line of each; senders got 507.")
}
