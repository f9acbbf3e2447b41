package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// listenGrace is how long events in hand may take once the listener is to stop.
const listenGrace = 900 * time.Millisecond

// listenOptions are the flags of listen that the configuration does not hold.
type listenOptions struct {
	settings     cli.Settings
	replyHeaders []string
	filters      []string
	cacert       string
	sync         bool
	showHeaders  bool
	count        int
	timeout      time.Duration
	strict       bool
	tls          bool
	cert, key    string
	fail         string
	failEvery    string
	hang, reset  bool
	seed         cli.Seed
	output       string
}

func newListenCmd(a *app) *cobra.Command {
	o := &listenOptions{}
	c := &cobra.Command{
		Use:   "listen",
		Short: "Show the events that arrive, and what is wrong with them",
		Long: `Listen for events and show each one the moment it arrives: what it says, how it
was answered, and what Apizee's documentation says against it (✗), or does not
know (!). Any method and path is taken, so that a mistake can be seen. A --filter
is for what is shown and counted: all is answered, recorded and passed on.

Exit code 0 says that it was stopped, or that --count events came; 1 that they
did not come within --timeout, or with --strict that one broke the contract; 2
that some could not be recorded; 3 that the address is taken, or that some could
not be passed on; 130 that it was stopped before --count events came. A request
that is no POST and has no body, such as a check of health, is no event.`,
		Example: cli.Example(`
			# Watch what arrives
			apizee-hooks listen

			# Between Apizee and your program: watch, keep, pass on
			apizee-hooks listen --forward-to http://localhost:3000 --record events.ndjson

			# In CI: three good tickets within ten seconds, or exit code 1
			apizee-hooks listen --count 3 --timeout 10s --strict --filter object=ticket

			# An endpoint that fails now and then
			apizee-hooks listen --fail 10%:503 --delay 200ms

			# A free port, and its address for a script
			apizee-hooks listen --addr 127.0.0.1:0 -o json | jq -r 'select(.listening).listening'`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(c *cobra.Command, _ []string) error { return a.listen(c, o) },
	}
	o.addFlags(a, c)
	return c
}

func (a *app) listen(c *cobra.Command, o *listenOptions) error {
	plan, err := a.planListen(c, o)
	if err != nil {
		return err
	}
	defer plan.close()
	running, stop := context.WithCancelCause(c.Context())
	defer stop(nil)
	s := a.newListenSession(o, plan, func() { stop(errCounted) })
	server, err := receive.New(plan.options)
	if err != nil {
		return cli.Usage(err, "`apizee-hooks listen --help` lists the flags.")
	}
	l, err := receive.Listen(running, plan.config.Addr)
	if err != nil {
		return cannotListen(err)
	}
	if forward := plan.options.Forward; forward != nil && forward.Reaches(running, l.Addr()) {
		l.Close()
		return cli.Usage(fmt.Errorf("--forward-to: %s is this listener itself", l.Addr()), "name the address of your own program.")
	}
	defer a.limitMemory()()
	s.begin(l.Addr())
	if o.timeout > 0 {
		go func() {
			if a.Sleep(running, o.timeout) == nil {
				stop(errTimeUp)
			}
		}()
	}
	served := server.Serve(running, l)
	return s.end(c.Context().Err() != nil, s.verdict(context.Cause(running), served))
}

// cannotListen says how to choose another address.
func cannotListen(err error) error {
	var failure *receive.ListenError
	if !errors.As(err, &failure) {
		return err
	}
	host, port, splitErr := net.SplitHostPort(failure.Addr)
	_, portErr := net.LookupPort("tcp", port)
	switch {
	case splitErr == nil && portErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q: %q is no port; it is a number from 0 to 65535", failure.Addr, port), "port 0 is any free one.")
	case splitErr != nil:
		return cli.Usage(fmt.Errorf("--addr %q is no address", failure.Addr), "write it as host:port, such as "+cli.DefaultAddr()+".")
	case failure.InUse:
		return cli.Unreachable(err, fmt.Sprintf("choose another port with --addr, or any free one with --addr %s.", net.JoinHostPort(host, "0")))
	}
	return cli.Unreachable(err, "choose another address with --addr, such as "+cli.DefaultAddr()+".")
}

// Why a listener stops by itself.
var (
	errCounted = errors.New("all events came")
	errTimeUp  = errors.New("time is up")
)

// verdict is the error that the exit code comes from.
func (s *listenSession) verdict(cause, served error) error {
	counting := s.options.count > 0 && s.tally.Kept() < s.options.count
	switch {
	case served != nil && !errors.Is(served, receive.ErrAborted):
		return cli.Unreachable(served, "")
	case counting && s.tally.NotRecorded > 0 && errors.Is(cause, errTimeUp):
		return notRecorded(s.tally.NotRecorded)
	case counting && errors.Is(cause, errTimeUp):
		return cli.AnswerNoBecause(fmt.Errorf("time is up: %s came within %s, of %d", cli.Plural(s.tally.Kept(), "event"), s.options.timeout, s.options.count))
	case counting:
		return cli.Interrupted()
	case s.options.strict && s.tally.Broken > 0:
		return s.app.AnswerNo("%d of %s broke the contract", s.tally.Broken, cli.Plural(s.tally.Events, "event"))
	case s.tally.NotRecorded > 0:
		return notRecorded(s.tally.NotRecorded)
	case s.tally.NotForwarded > 0:
		return cli.Unreachable(fmt.Errorf("%s could not be passed on", cli.Plural(s.tally.NotForwarded, "event")),
			"their senders were answered with 502, or got half a reply; the line of each says why.")
	}
	return nil
}

func notRecorded(n int) error {
	return cli.Usage(fmt.Errorf("%s could not be recorded", cli.Plural(n, "event")), "their senders were answered with 507; the line of each says why.")
}
