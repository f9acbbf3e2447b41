package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/replay"
)

type replayOptions struct {
	cli.Connection
	filters  []string
	speed    string
	from     int
	limit    int
	newTime  bool
	loopback bool
	output   string
}

func newReplayCmd(a *app) *cobra.Command {
	o := &replayOptions{}
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
		RunE: func(c *cobra.Command, args []string) error { return a.replay(c, o, args[0]) },
	}
	o.Connection.AddFlags(c, c.Flags())
	f := c.Flags()
	a.FilterFlag(c, &o.filters)
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

func (a *app) replay(c *cobra.Command, o *replayOptions, name string) error {
	options, err := o.options(a)
	if err != nil {
		return err
	}
	if _, typed := o.Settings["to"]; o.loopback && typed {
		return cli.TwoTargets()
	}
	loaded, err := a.Load(o.Settings)
	if err != nil {
		return err
	}
	options.Timeout = loaded.Config.Timeout
	in, name, err := a.open(c.Context(), name)
	if err != nil {
		return err
	}
	defer in.Close()
	target, stop, err := a.replayTarget(o, loaded.Config)
	if err != nil {
		return err
	}
	defer stop()
	client, err := a.Client(o.TLS(loaded.Config), 1)
	if err != nil {
		return err
	}
	printer := show.Replay{Style: a.Style()}.In(show.Form(o.output))
	var failure *deliver.Failure // the first one
	player := replay.Player{Catalog: a.Catalog, Client: client, Now: a.Now, Sleep: a.Sleep}
	outcome, err := player.Play(c.Context(), recording.NewReader(asItIs(in)), target, options, func(x replay.Played) {
		failure = cmp.Or(failure, x.Result.Failure)
		a.Stdout.Write(printer.Item(nil, x))
	})
	a.Stdout.Write(printer.End(nil, outcome.Summary))
	return a.replayed(c.Context(), name, outcome, failure, err)
}

// asItIs ends a recording where it ends now: what is sent may be recorded into the same file.
func asItIs(in io.Reader) io.Reader {
	file, ok := in.(*os.File)
	if !ok {
		return in
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		return io.LimitReader(file, info.Size())
	}
	return in
}

// replayTarget is the endpoint, or a listener inside this process.
func (a *app) replayTarget(o *replayOptions, c config.Config) (target deliver.Target, stop func(), err error) {
	headers, err := cli.ParseHeaders(c.Headers, o.Headers)
	if err != nil {
		return deliver.Target{}, nil, err
	}
	if !o.loopback {
		target, err := cli.ParseTarget(c.To, headers)
		return target, func() {}, err
	}
	listener, err := a.StartLoopback(func(receive.Reception) {})
	if err != nil {
		return deliver.Target{}, nil, err
	}
	target, err = cli.ParseTarget(listener.URL, headers)
	return target, listener.Stop, err
}

func (o *replayOptions) options(a *app) (replay.Options, error) {
	filter, err := a.ParseFilter(o.filters)
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

// replayed is the error that the exit code comes from, after what is to be told of the file.
func (a *app) replayed(ctx context.Context, name string, outcome replay.Outcome, failure *deliver.Failure, err error) error {
	for _, line := range outcome.Torn {
		a.Note(fmt.Sprintf("%s:%d breaks off; it was passed over.", name, line))
	}
	var line *recording.LineError
	switch {
	case errors.As(err, &line):
		return cli.Usage(fmt.Errorf("%s:%d: %w", name, line.Line, line.Err),
			fmt.Sprintf("a recording is what `apizee-hooks listen --record` writes; %s sent before.", cli.Plural(outcome.Sent, "event")))
	case err != nil:
		return cli.Usage(fmt.Errorf("read %s: %w", name, cli.Bare(err)), "")
	case ctx.Err() != nil:
		return cli.Interrupted()
	case outcome.Sent == 0:
		return cli.Usage(fmt.Errorf("%s has no entry to send", name), "look at --filter and --from, and at the file.")
	case outcome.Failed > 0:
		return notDelivered(failure)
	case outcome.Rejected > 0:
		return a.AnswerNo("%d of %s: not accepted", outcome.Rejected, cli.Plural(outcome.Sent, "event"))
	}
	return nil
}
