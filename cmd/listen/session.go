package listen

import (
	"bytes"
	"errors"
	"fmt"
	"net"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// spooled is how many bytes of output wait for the terminal at most.
const spooled = 4 << 20

// session shows and counts what arrives. It is told of one thing at a time.
type session struct {
	*plan
	printer show.ReceptionPrinter
	spool   *console.Spool // nil until it begins, and where nothing is printed
	text    []byte         // of the last thing shown, to use its room again
	counted func()         // called once, when --count events have come
	tally   *show.Tally
}

func newSession(p *plan, counted func()) *session {
	s := &session{plan: p, counted: counted, tally: show.NewTally(p.Catalog.ObjectNames())}
	p.receive.OnReception, p.receive.OnMalformed = s.reception, s.malformed
	return s
}

// begin says where it listens, once it does.
func (s *session) begin(bound net.Addr) {
	if !receive.IsLoopback(bound) {
		s.Note(fmt.Sprintf("other machines can send to %s too; only --addr %s is for this one alone.", bound, localAddr(bound)))
	}
	if s.Quiet && !s.form.ForPrograms() {
		return
	}
	receptions := show.Receptions{
		Style: s.Style(), Listening: s.listening(bound),
		Headers: s.showHeaders, SecretHeader: s.receive.RequireHeader.Name,
	}
	if s.form == show.CSV && !s.Quiet { // it has no place for the address
		receptions.Palette = s.Err()
		s.Stderr.Write(receptions.In(show.Line).Begin(nil))
	}
	s.printer = receptions.In(s.form)
	s.spool = console.NewSpool(s.Stdout, spooled, s.printer.Omitted)
	s.spool.Print(s.printer.Begin(nil))
}

// listening is where events are received.
func (p *plan) listening(bound net.Addr) show.Listening {
	l := show.Listening{URL: p.url(bound), Addr: bound, Path: p.config.Path, SelfSigned: p.selfMade}
	if p.receive.Forward != nil {
		l.Forward = p.receive.Forward.Target
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
func (p *plan) url(bound net.Addr) string {
	scheme := "http"
	if p.receive.TLS != nil {
		scheme = "https"
	}
	if bound.Network() == "unix" {
		return receive.Unix + bound.String()
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
func (s *session) reception(r receive.Reception) {
	if r.Outcome.IsEvent() && !s.filter.Match(r.Report.Event) {
		return
	}
	if s.spool != nil {
		s.print(s.printer.Item(s.text[:0], &r))
	}
	before := s.tally.Received()
	s.tally.Add(&r)
	if now := s.tally.Received(); now == s.count && now > before {
		s.counted()
	}
}

func (s *session) malformed(m receive.Malformed) {
	if s.spool != nil {
		s.print(s.printer.Malformed(s.text[:0], m))
	}
}

// print hands a text over, and keeps its room unless that grew out of proportion.
func (s *session) print(text []byte) {
	const most = 64 << 10
	s.spool.Print(text)
	if s.text = text; cap(text) > most {
		s.text = nil
	}
}

// end waits until all is printed, and sums up: on standard error what programs do not
// read. It returns the verdict, or that nobody took the output.
func (s *session) end(interrupted bool, verdict error) error {
	if s.spool == nil {
		return verdict
	}
	if err := s.spool.Close(grace); errors.Is(err, console.ErrStuck) {
		return s.tellStuck(verdict)
	}
	if interrupted && !s.Quiet && console.IsTerminal(s.Stdout) {
		fmt.Fprintln(s.Stdout) // the terminal has put ^C on the line
	}
	switch {
	case s.Quiet:
	case s.form.ForPrograms():
		fmt.Fprintln(s.Stderr, s.tally.Text(s.Err(), s.Width()))
	default:
		s.Stdout.Write(s.printer.End(nil, s.tally))
	}
	return verdict
}

// tellStuck says that output is missing, and the verdict, unless that would be stuck too:
// it is often the same terminal.
func (s *session) tellStuck(verdict error) error {
	beside := console.NewSpool(s.Stderr, spooled, s.printer.Omitted)
	beside.Print(fmt.Appendf(nil, "nobody reads the output, so its end is missing: %s\n", s.tally.Text(s.Err(), 0)))
	ended := cli.OutputLost(verdict, console.ErrStuck)
	if verdict != nil {
		var text bytes.Buffer
		s.Report(&text, verdict)
		beside.Print(text.Bytes())
	}
	_ = beside.Close(grace / 10)
	return cli.Exit(cli.ExitCode(ended))
}

// Why a listener stops by itself.
var (
	errCounted = errors.New("all events came")
	errTimeUp  = errors.New("time is up")
)

// verdict is the error that the exit code comes from.
func (s *session) verdict(cause, served error) error {
	counting := s.count > 0 && s.tally.Received() < s.count
	switch {
	case served != nil && !errors.Is(served, receive.ErrAborted):
		return cli.Unreachable(served, "")
	case counting && s.tally.NotRecorded > 0 && errors.Is(cause, errTimeUp):
		return notRecorded(s.tally.NotRecorded)
	case counting && errors.Is(cause, errTimeUp):
		return cli.NegativeBecause(fmt.Errorf("time is up: %s came within %s, of %d", console.Plural(s.tally.Received(), "event"), s.timeout, s.count))
	case counting:
		return cli.Interrupted()
	case s.strict && s.tally.Invalid > 0:
		return s.Negative("%d of %s: invalid", s.tally.Invalid, console.Plural(s.tally.Events, "event"))
	case s.strict && s.tally.Rejected > 0:
		return s.Negative("%s refused; the line of each says why", console.Plural(s.tally.Rejected, "request"))
	case s.tally.NotRecorded > 0:
		return notRecorded(s.tally.NotRecorded)
	case s.tally.NotForwarded > 0:
		return cli.Unreachable(fmt.Errorf("%s could not be passed on", console.Plural(s.tally.NotForwarded, "event")),
			"their senders got 502 or a truncated response, or did not wait for it; the line of each says why.")
	}
	return nil
}

func notRecorded(n int) error {
	return cli.Usage(fmt.Errorf("%s could not be recorded", console.Plural(n, "event")), "their senders were answered with 507; the line of each says why.")
}
