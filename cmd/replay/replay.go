// Package replay is the command that replays a recording.
package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

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
	to       []string // all values; the one without a path is in Settings too
	pace     cli.Pace
	from     int
	limit    int
	newTime  bool
	loopback bool
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, pace: cli.Pace{Speed: "1"}}
	c := &cobra.Command{
		Use:   "replay <file|->",
		Short: "Send recorded events again",
		Long: `Send the requests of a recording of 'listen --record' again: in order, with their
original gaps, byte for byte. Secret headers are masked in a recording and are not
sent: set them with -H. If --to has no path, the recorded paths are used, with the
recorded queries unless it has one. --to /path=URL sends what was recorded at that
path to a URL of its own.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "every event accepted",
			cli.ExitNegative:    "an event rejected",
			cli.ExitUsage:       "invalid flags or recording; or an entry could not be sent as recorded",
			cli.ExitUnreachable: "no response to an event",
		}),
		Example: cli.Example(`
			apizee-hooks replay events.ndjson -t http://localhost:3000/apizeehooks/
			# Events about closed tickets only, without gaps, with the current time
			apizee-hooks replay events.ndjson --filter object=ticket --filter props.state=closed \
			  --speed max --new-time -t localhost:3000/hooks
			# Two endpoints, and no gap above five seconds
			apizee-hooks replay events.ndjson --to /tickets=localhost:3000/hooks --to /media=localhost:3001/ --max-gap 5s
			# Show the events, without an endpoint
			apizee-hooks replay events.ndjson --loopback --speed max`),
		Args:              cli.Needs("a recording", 1, "`apizee-hooks listen --record FILE` writes one."),
		ValidArgsFunction: cli.FirstArg(cli.Files("ndjson", "jsonl", "json")),
		RunE: func(c *cobra.Command, args []string) error {
			o.file = args[0]
			if err := o.pace.Check(c); err != nil {
				return err
			}
			return run(c.Context(), o)
		},
	}
	o.Connection.AddFlags(c, c.Flags())
	o.Connection.KeepAliveFlag(c.Flags())
	f := c.Flags()
	to := f.Lookup("to")
	to.Value = toFlag{to.Value, &o.to}
	to.Usage = "URL of the endpoint, or /path=URL for a recorded path; repeatable (default: 'to' in the configuration)"
	cli.FilterFlag(c, app.Catalog, &o.filters)
	o.pace.AddFlags(c, "replay speed: 1 keeps the gaps, 2x halves them, max removes them", "longest gap between two events", "1", "2x", "10x", "max")
	cli.CountFlag(f, &o.from, "from", 1, "number of the first entry to send")
	cli.CountFlag(f, &o.limit, "limit", 0, "maximum number of entries to send")
	f.BoolVar(&o.newTime, "new-time", false, "set the time of each event to the current time")
	f.BoolVar(&o.loopback, "loopback", false, "send to a listener in this process")
	cli.TextOrJSONFlag(c)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "replay", About: "One object per attempt, on a line of its own.", Types: []any{show.DeliveryJSON()}}}
}

func run(ctx context.Context, o *options) error {
	plan, err := o.plan()
	if err != nil {
		return err
	}
	if o.loopback {
		if err := o.CheckLoopback(len(o.to) > 0); err != nil {
			return err
		}
	}
	loaded, err := o.Load(ctx, o.Settings)
	if err != nil {
		return err
	}
	plan.Timeout = loaded.Config.Timeout
	in, name, err := o.Open(ctx, o.file)
	if err != nil {
		return err
	}
	defer in.Close()
	target, stop, err := o.target(loaded.Config, len(plan.Routes) > 0)
	if err != nil {
		return err
	}
	defer stop()
	network, err := o.NetworkOf(o.Network, loaded.Config.Insecure)
	if err != nil {
		return err
	}
	transport, err := o.OpenTransport(ctx, network, o.Kept(1))
	if err != nil {
		return err
	}
	o.OutliveReader()
	out := o.StdoutFor(o.Form())
	printer := show.Replay{Style: o.Style()}.In(o.Form())
	var failure *deliver.Failure // the first one
	replayer := replay.Replayer{Catalog: o.Catalog, Client: deliver.NewClient(transport, o.Now), Now: o.Now, Sleep: o.sleep}
	outcome, err := replayer.Replay(ctx, recording.NewReader(in), target, plan, func(x replay.Delivery) {
		failure = cmp.Or(failure, x.Result.Failure)
		out.Write(printer.Item(nil, x))
	})
	out.Write(printer.End(nil, outcome.Summary))
	o.note(name, outcome)
	if err != nil {
		return readError(name, outcome.Sent, err)
	}
	return o.verdict(ctx, name, outcome, failure)
}

// target returns the endpoint, or a listener in this process. It may be missing when there are routes.
func (o *options) target(c config.Config, routed bool) (target deliver.Target, stop func(), err error) {
	headers, err := o.ParseHeaders(c.Headers, o.Headers)
	if err != nil {
		return deliver.Target{}, nil, err
	}
	if !o.loopback && c.To == "" && routed {
		return deliver.Target{Headers: headers}, func() {}, nil
	}
	if !o.loopback {
		target, err := cli.ParseTarget(c.To, headers)
		return target, func() {}, err
	}
	listener, err := o.StartLoopback(func(*receive.Reception) {})
	if err != nil {
		return deliver.Target{}, nil, err
	}
	target, err = cli.ParseTarget(listener.URL, headers)
	return target, listener.Stop, err
}

// plan returns the options of the replay.
func (o *options) plan() (replay.Options, error) {
	filter, err := cli.ParseFilter(o.Catalog, o.filters)
	if err != nil {
		return replay.Options{}, err
	}
	speed, err := o.pace.Factor()
	if err != nil {
		return replay.Options{}, err
	}
	routes, err := parseRoutes(o.to)
	if err != nil {
		return replay.Options{}, err
	}
	return replay.Options{
		Filter: filter, From: o.from, Limit: o.limit, Speed: speed, MaxGap: o.pace.MaxGap, NewTime: o.newTime, Routes: routes,
	}, nil
}

// longWait is the wait from which a note is printed.
const longWait = 10 * time.Second

// sleep waits for the next event.
func (o *options) sleep(ctx context.Context, d time.Duration) error {
	if d >= longWait {
		o.Note(fmt.Sprintf("waiting %s for the next event; use --max-gap or --speed max to wait less.", console.Duration(d)))
	}
	return o.Sleep(ctx, d)
}

// note prints notes about the recording.
func (o *options) note(name string, outcome replay.Outcome) {
	for _, line := range outcome.Truncated {
		o.Note(fmt.Sprintf("%s:%d: truncated entry skipped.", name, line))
	}
	if n := len(outcome.Backward); n > 0 {
		more := ""
		if n > 1 {
			more = fmt.Sprintf(" (and %d more)", n-1)
		}
		o.Note(fmt.Sprintf("%s:%d%s: earlier than the entry above; sent without a gap.", name, outcome.Backward[0], more))
	}
	o.noteMasked(name, "", outcome.MaskedHeaders, "add what the endpoint needs with -H")
	o.noteMasked(name, "the query's ", outcome.MaskedParameters, "write what the endpoint needs into the URL of --to")
	const maxNotes = 10
	for i, entry := range outcome.Unsendable {
		if i == maxNotes {
			o.Note(fmt.Sprintf("%d more entries not sent.", len(outcome.Unsendable)-maxNotes))
			break
		}
		o.Note(fmt.Sprintf("%s:%d: not sent: %s.", name, entry.Line, entry.Err))
	}
}

// noteMasked prints a note about headers or parameters that were not sent.
func (o *options) noteMasked(name, kind string, masked map[string]bool, remedy string) {
	const maxNames = 5
	names := slices.Sorted(maps.Keys(masked))
	if n := len(names) - maxNames; n > 0 {
		names = append(names[:maxNames], fmt.Sprintf("%d more", n))
	}
	if len(names) > 0 {
		o.Note(fmt.Sprintf("%s: sent without %s%s, masked in the recording; %s.", name, kind, cli.List(names, "and"), remedy))
	}
}

// readError returns the error of a recording that cannot be read, or not to its end.
func readError(name string, sent int, err error) error {
	var line *recording.LineError
	if !errors.As(err, &line) {
		return cli.Usage(fmt.Errorf("read %s: %w", name, textfile.Reason(err)), "")
	}
	return cli.Usage(fmt.Errorf("%s:%d: %w", name, line.Line, line.Err),
		fmt.Sprintf("use a recording of `apizee-hooks listen --record`; %s sent before.", console.Plural(sent, "event")))
}

// verdict returns the error for the exit code.
func (o *options) verdict(ctx context.Context, name string, outcome replay.Outcome, failure *deliver.Failure) error {
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case outcome.Sent == 0 && len(outcome.Unsendable) == 0:
		return cli.Usage(fmt.Errorf("%s has no entry to send", name), "check --filter, --from and the file.")
	case outcome.Failed > 0:
		return cli.NotDelivered(failure)
	case len(outcome.Unsendable) > 0:
		return cli.Usage(fmt.Errorf("%d of %s cannot be sent as recorded", len(outcome.Unsendable), console.Plural(outcome.Sent+len(outcome.Unsendable), "event")),
			"correct the recording, exclude them with --filter and --from, or add a --to URL for their paths.")
	case outcome.Rejected > 0:
		return o.Negative("%d of %s: rejected", outcome.Rejected, console.Plural(outcome.Sent, "event"))
	}
	return nil
}
