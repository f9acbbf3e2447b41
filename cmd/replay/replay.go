// Package replay is the command that sends a recording again.
package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

type options struct {
	*cli.App
	cli.Connection
	file     string // "-" is standard input
	filters  []string
	speed    string
	from     int
	limit    int
	newTime  bool
	loopback bool
	output   string
}

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "replay <file|->",
		Short: "Send a recording again",
		Long: `Send the requests that ` + "`apizee-hooks listen --record`" + ` has kept: in their order,
with the gaps they had, byte for byte. Headers go as they were recorded; a secret
one was masked in the recording and is not sent, so give yours with -H.

A target without a path gets the recorded paths and queries, but for masked secrets.`,
		Example: cli.Example(`
			# Once more, as it happened
			apizee-hooks replay events.ndjson -t http://localhost:3000/apizeehooks/

			# Only what was about closed tickets, without the waiting, dated now
			apizee-hooks replay events.ndjson --filter object=ticket --filter props.state=closed --speed max --new-time -t localhost:3000/hooks

			# Look at it first
			apizee-hooks replay events.ndjson --loopback --speed max`),
		Args: cli.Needs("a recording", 1, "`apizee-hooks listen --record FILE` writes one."),
		ValidArgsFunction: cli.FirstArg(func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"ndjson", "jsonl", "json"}, cobra.ShellCompDirectiveFilterFileExt
		}),
		RunE: func(c *cobra.Command, args []string) error {
			o.file = args[0]
			return run(c.Context(), o)
		},
	}
	o.Connection.AddFlags(c, c.Flags())
	o.Connection.KeepAliveFlag(c.Flags())
	f := c.Flags()
	cli.FilterFlag(c, app.Catalog, &o.filters)
	f.StringVar(&o.speed, "speed", "1", "how `FAST`: 1 keeps the gaps, 2x halves them, max leaves none")
	cli.Complete(c, "speed", cli.Words([]string{"1", "2x", "10x", "max"}))
	cli.CountFlag(f, &o.from, "from", 1, "begin with entry `N` of the recording")
	cli.CountFlag(f, &o.limit, "limit", 0, "send `N` entries at most")
	f.BoolVar(&o.newTime, "new-time", false, "put the current time into the events")
	f.BoolVar(&o.loopback, "loopback", false, "send to a listener inside this process")
	cli.Complete(c, "from", cli.Nothing)
	cli.Complete(c, "limit", cli.Nothing)
	cli.OutputFlag(c, c.Flags(), &o.output, []string{"text", "json"}, "")
	return c
}

func run(ctx context.Context, o *options) error {
	plan, err := o.plan()
	if err != nil {
		return err
	}
	if _, typed := o.Settings["to"]; o.loopback && typed {
		return cli.TwoTargets()
	}
	loaded, err := o.Load(o.Settings)
	if err != nil {
		return err
	}
	plan.Timeout = loaded.Config.Timeout
	in, name, err := o.Open(ctx, o.file)
	if err != nil {
		return err
	}
	defer in.Close()
	target, stop, err := o.target(loaded.Config)
	if err != nil {
		return err
	}
	defer stop()
	client, err := o.Client(o.TLS(loaded.Config), o.Kept(1))
	if err != nil {
		return err
	}
	printer := show.Replay{Style: o.Style()}.In(show.Form(o.output))
	var failure *deliver.Failure // the first one
	player := replay.Player{Catalog: o.Catalog, Client: client, Now: o.Now, Sleep: o.Sleep}
	outcome, err := player.Play(ctx, recording.NewReader(in), target, plan, func(x replay.Played) {
		failure = cmp.Or(failure, x.Result.Failure)
		o.Stdout.Write(printer.Item(nil, x))
	})
	o.Stdout.Write(printer.End(nil, outcome.Summary))
	for _, line := range outcome.Torn {
		o.Note(fmt.Sprintf("%s:%d breaks off; it was passed over.", name, line))
	}
	if err != nil {
		return unreadable(name, outcome.Sent, err)
	}
	return o.verdict(ctx, name, outcome, failure)
}

// target is the endpoint, or a listener inside this process.
func (o *options) target(c config.Config) (target deliver.Target, stop func(), err error) {
	headers, err := cli.ParseHeaders(c.Headers, o.Headers)
	if err != nil {
		return deliver.Target{}, nil, err
	}
	if !o.loopback {
		target, err := cli.ParseTarget(c.To, headers)
		return target, func() {}, err
	}
	listener, err := o.StartLoopback(func(receive.Reception) {})
	if err != nil {
		return deliver.Target{}, nil, err
	}
	target, err = cli.ParseTarget(listener.URL, headers)
	return target, listener.Stop, err
}

// plan is what the flags say of the entries.
func (o *options) plan() (replay.Options, error) {
	filter, err := cli.ParseFilter(o.Catalog, o.filters)
	if err != nil {
		return replay.Options{}, err
	}
	speed, err := parseSpeed(o.speed)
	if err != nil {
		return replay.Options{}, err
	}
	return replay.Options{Filter: filter, From: o.from, Limit: o.limit, Speed: speed, NewTime: o.newTime}, nil
}

// parseSpeed reads "2x", "0.5" or "max", which is 0.
func parseSpeed(text string) (float64, error) {
	if text == "max" {
		return 0, nil
	}
	speed, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(speed > 0 && speed <= 1e6) {
		return 0, cli.Usage(fmt.Errorf("--speed %q is no speed", text), "1 keeps the gaps, 2x halves them, max leaves none.")
	}
	return speed, nil
}

// unreadable says that a recording cannot be read, or not to its end.
func unreadable(name string, sent int, err error) error {
	var line *recording.LineError
	if !errors.As(err, &line) {
		return cli.Usage(fmt.Errorf("read %s: %w", name, textfile.Reason(err)), "")
	}
	return cli.Usage(fmt.Errorf("%s:%d: %w", name, line.Line, line.Err),
		fmt.Sprintf("a recording is what `apizee-hooks listen --record` writes; %s sent before.", console.Plural(sent, "event")))
}

// verdict is the error that the exit code comes from.
func (o *options) verdict(ctx context.Context, name string, outcome replay.Outcome, failure *deliver.Failure) error {
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case outcome.Sent == 0:
		return cli.Usage(fmt.Errorf("%s has no entry to send", name), "look at --filter and --from, and at the file.")
	case outcome.Failed > 0:
		return cli.NotDelivered(failure)
	case outcome.Rejected > 0:
		return o.AnswerNo("%d of %s: not accepted", outcome.Rejected, console.Plural(outcome.Sent, "event"))
	}
	return nil
}
