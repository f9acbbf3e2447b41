package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"net"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// spooled is how many bytes of output wait for the terminal at most.
const spooled = 4 << 20

// listenSession shows and counts what arrives. It is told of one thing at a time.
type listenSession struct {
	app     *app
	options *listenOptions
	plan    *listenPlan
	printer show.ReceptionPrinter
	spool   *console.Spool // nil until it begins, and where nothing is printed
	text    []byte         // of the last thing shown, to use its room again
	counted func()         // called once, when --count events have come
	tally   *show.Tally
}

func (a *app) newListenSession(o *listenOptions, plan *listenPlan, counted func()) *listenSession {
	s := &listenSession{app: a, options: o, plan: plan, counted: counted, tally: show.NewTally(a.Catalog.ObjectNames())}
	plan.options.OnReception, plan.options.OnMalformed = s.reception, s.malformed
	return s
}

// begin says where it listens, once it does.
func (s *listenSession) begin(bound net.Addr) {
	a := s.app
	if !receive.IsLoopback(bound) {
		a.Note(fmt.Sprintf("other machines can send to %s too; only --addr %s is for this one alone.", bound, localAddr(bound)))
	}
	if a.Quiet && !s.plan.form.ForPrograms() {
		return
	}
	receptions := show.Receptions{
		Style: a.Style(), Listening: s.plan.listening(bound),
		Headers: s.options.showHeaders, SecretHeader: s.plan.options.RequireHeader.Name,
	}
	if s.plan.form == show.CSV && !a.Quiet { // it has no place for the address
		receptions.Palette = a.Err()
		a.Stderr.Write(receptions.In(show.Line).Begin(nil))
	}
	s.printer = receptions.In(s.plan.form)
	s.spool = console.NewSpool(a.Stdout, spooled, s.printer.Omitted)
	s.spool.Print(s.printer.Begin(nil))
}

// listening is where events are received.
func (p *listenPlan) listening(bound net.Addr) show.Listening {
	l := show.Listening{URL: p.url(bound), Addr: bound, Path: p.config.Path, Made: p.selfMade}
	if p.options.Forward != nil {
		l.Forward = p.options.Forward.Target
	}
	return l
}

// localAddr is the same port of this machine alone.
func localAddr(bound net.Addr) string {
	_, port, err := net.SplitHostPort(bound.String())
	if err != nil {
		return cli.DefaultAddr()
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// url is how this machine reaches the listener.
func (p *listenPlan) url(bound net.Addr) string {
	scheme := "http"
	if p.options.TLS != nil {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(bound.String())
	if err != nil {
		return scheme + "://" + bound.String()
	}
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// reception shows one request, after it was answered.
func (s *listenSession) reception(r receive.Reception) {
	isEvent := r.Outcome.IsEvent() && !isLook(&r)
	if r.Outcome.IsEvent() && !s.plan.filter.Match(r.Report.Event) {
		return
	}
	if s.spool != nil {
		s.print(s.printer.Item(s.text[:0], &r))
	}
	if !isEvent {
		s.tally.Elsewhere++
		return
	}
	s.tally.Add(&r)
	if s.tally.Kept() == s.options.count && r.Outcome != receive.NotRecorded {
		s.counted()
	}
}

// isLook says whether a request asks, as a browser or a check of health does, and brings
// nothing: it is shown, but not an event that somebody waits for.
func isLook(r *receive.Reception) bool { return r.Method != apizee.Method && len(r.Body) == 0 }

func (s *listenSession) malformed(m receive.Malformed) {
	if s.spool != nil {
		s.print(s.printer.Malformed(s.text[:0], m))
	}
}

// print hands a text over, and keeps its room unless that grew out of proportion.
func (s *listenSession) print(text []byte) {
	const most = 64 << 10
	s.spool.Print(text)
	if s.text = text; cap(text) > most {
		s.text = nil
	}
}

// end waits until all is printed, and sums up: on standard error what programs do not
// read. It returns the verdict, or that nobody took the output.
func (s *listenSession) end(interrupted bool, verdict error) error {
	if s.spool == nil {
		return verdict
	}
	if err := s.spool.Close(listenGrace); errors.Is(err, console.ErrStuck) {
		return s.tellStuck(verdict)
	}
	if interrupted && !s.app.Quiet && console.IsTerminal(s.app.Stdout) {
		fmt.Fprintln(s.app.Stdout) // the terminal has put ^C on the line
	}
	switch {
	case s.app.Quiet:
	case s.plan.form.ForPrograms():
		fmt.Fprintln(s.app.Stderr, s.tally.Text(s.app.Err(), s.app.Width()))
	default:
		s.app.Stdout.Write(s.printer.End(nil, s.tally))
	}
	return verdict
}

// tellStuck says that output is missing, and the verdict, unless that would be stuck too:
// it is often the same terminal.
func (s *listenSession) tellStuck(verdict error) error {
	beside := console.NewSpool(s.app.Stderr, spooled, s.printer.Omitted)
	beside.Print(fmt.Appendf(nil, "nobody reads the output, so its end is missing: %s\n", s.tally.Text(s.app.Err(), 0)))
	ended := cli.OutputLost(verdict, console.ErrStuck)
	if verdict != nil {
		var text bytes.Buffer
		s.app.Report(&text, verdict)
		beside.Print(text.Bytes())
	}
	_ = beside.Close(listenGrace / 10)
	return cli.Exit(cli.ExitCode(ended))
}
