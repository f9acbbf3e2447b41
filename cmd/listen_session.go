package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// spooled is how many bytes of output wait for the terminal at most.
const spooled = 4 << 20

// listenPrinter turns what came in into text, which it appends.
type listenPrinter interface {
	reception(dst []byte, r *receive.Reception) []byte
	malformed(dst []byte, m receive.Malformed) []byte
	leftOut(n int) []byte
}

// listenSession shows and counts what arrives. It is told of one thing at a time.
type listenSession struct {
	app     *app
	options *listenOptions
	plan    *listenPlan
	printer listenPrinter
	spool   *console.Spool // nil until it begins, and where nothing is printed
	text    []byte         // of the last thing shown, to use its room again
	counted func()         // called once, when --count events have come
	tally   listenTally
}

func (a *app) newListenSession(o *listenOptions, plan *listenPlan, counted func()) *listenSession {
	s := &listenSession{app: a, options: o, plan: plan, counted: counted, tally: listenTally{catalog: a.Catalog, objects: map[string]int{}}}
	s.printer = a.newListenPrinter(o, plan)
	plan.options.OnReception, plan.options.OnMalformed = s.reception, s.malformed
	return s
}

func (a *app) newListenPrinter(o *listenOptions, plan *listenPlan) listenPrinter {
	shown := headerPrinter{palette: a.Out(), secrets: a.ShowSecrets, required: plan.options.RequireHeader.Name}
	if plan.output == "json" {
		return jsonPrinter{shown}
	}
	width := func() int { return console.Width(a.Stdout, a.LookupEnv) }
	if !console.IsTerminal(a.Stdout) {
		fixed := width()
		width = func() int { return fixed }
	}
	line := linePrinter{headerPrinter: shown, width: width, headers: o.showHeaders || a.Verbose, forwards: plan.options.Forward != nil}
	if plan.output == "pretty" {
		return prettyPrinter{line}
	}
	return line
}

// begin says where it listens, once it does.
func (s *listenSession) begin(bound net.Addr) {
	a := s.app
	if !receive.IsLoopback(bound) {
		a.Note(fmt.Sprintf("other machines can send to %s too; only --addr %s is for this one alone.", bound, localAddr(bound)))
	}
	if a.Quiet && s.plan.output != "json" {
		return
	}
	s.spool = console.NewSpool(a.Stdout, spooled, s.printer.leftOut)
	url := s.plan.url(bound)
	if s.plan.output == "json" {
		s.spool.Print(listeningJSON(s.plan, url, bound))
		return
	}
	p := a.Out()
	path := "any path"
	if s.plan.config.Path != "" {
		path = "only " + s.plan.config.Path
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "Listening on %s (%s). Ctrl-C stops.\n", p.Strong(url), console.Safe(path))
	if forward := s.plan.options.Forward; forward != nil {
		fmt.Fprintf(&text, "Passing on to %s\n", console.Safe(deliver.ShowURL(forward.Target, a.ShowSecrets)))
	}
	if s.plan.selfMade != nil {
		s.plan.trust(&text, url)
	}
	s.spool.Print(text.Bytes())
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

// trust says how to recognise the certificate that was made on the spot.
func (p *listenPlan) trust(text *bytes.Buffer, url string) {
	fmt.Fprintf(text, "Certificate SHA-256 %s\n", receive.Fingerprint(*p.selfMade))
	if pin, err := receive.Pin(*p.selfMade); err == nil {
		fmt.Fprintf(text, "With curl: curl --insecure --pinnedpubkey '%s' %s/\n", pin, strings.TrimSuffix(url, "/"))
	}
}

// reception shows one request, after it was answered.
func (s *listenSession) reception(r receive.Reception) {
	isEvent := r.Outcome.IsEvent() && !isLook(&r)
	if r.Outcome.IsEvent() && !s.plan.filter.Match(r.Report.Event) {
		return
	}
	if s.spool != nil {
		s.print(s.printer.reception(s.text[:0], &r))
	}
	if !isEvent {
		s.tally.elsewhere++
		return
	}
	s.tally.add(&r)
	if s.tally.kept() == s.options.count && r.Outcome != receive.NotRecorded {
		s.counted()
	}
}

// isLook says whether a request asks, as a browser or a check of health does, and brings
// nothing: it is shown, but not an event that somebody waits for.
func isLook(r *receive.Reception) bool { return r.Method != apizee.Method && len(r.Body) == 0 }

func (s *listenSession) malformed(m receive.Malformed) {
	if s.spool != nil {
		s.print(s.printer.malformed(s.text[:0], m))
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

// end waits until all is printed, and sums up: beside the JSON when that is what
// programs read. It returns the verdict, or that nobody took the output.
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
	case s.plan.output == "json":
		fmt.Fprintln(s.app.Stderr, s.tally.text(s.app.Err(), s.app.Width()))
	default:
		fmt.Fprintln(s.app.Stdout, s.tally.text(s.app.Out(), s.app.Width()))
	}
	return verdict
}

// tellStuck says that output is missing, and the verdict, unless that would be stuck too:
// it is often the same terminal.
func (s *listenSession) tellStuck(verdict error) error {
	beside := console.NewSpool(s.app.Stderr, spooled, s.printer.leftOut)
	beside.Print(fmt.Appendf(nil, "nobody reads the output, so its end is missing: %s\n", s.tally.text(s.app.Err(), 0)))
	ended := cli.OutputLost(verdict, console.ErrStuck)
	if verdict != nil {
		var text bytes.Buffer
		s.app.Report(&text, verdict)
		beside.Print(text.Bytes())
	}
	_ = beside.Close(listenGrace / 10)
	return cli.Exit(cli.ExitCode(ended))
}
