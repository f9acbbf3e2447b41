// Package generate is the command that prints a stream of generated events.
package generate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

type options struct {
	*cli.App
	count int
	start string
	cli.Stream
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, Stream: cli.Stream{Rate: generate.DefaultRate(), Mix: generate.DefaultMix(app.Catalog)}}
	c := &cobra.Command{
		Use:   "generate",
		Short: "Generate an endless stream of realistic events",
		Long: `Print documented events, one JSON object per line: tickets that are opened, located,
done and closed, or declined; media that belong to them; conversations that end.
Objects that are documented only in part occur if --mix names them: a conversationevent is
a step of a session. The stream is endless unless --count is set. With --seed, the output is the same on every
machine, and starts at 2026-01-01 unless --start is set.`,
		Example: cli.Example(`
			apizee-hooks generate --count 5
			apizee-hooks generate --seed 42 --start 2024-01-01T00:00:00Z --count 100000 > events.jsonl
			apizee-hooks generate --mix media=1 --rate 30/m | head -3
			apizee-hooks generate --mix ticket=70,conversationevent=20 --count 100`),
		Args: cli.AtMost(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o) },
	}
	f := c.Flags()
	cli.CountFlag(f, &o.count, "count", 0, "number of events (default endless)")
	f.StringVar(&o.start, "start", "", "time of the first event, in UNIX seconds or RFC 3339 (default now)")
	o.Stream.AddFlags(c, app.Catalog, "events per second, minute or hour of event time, such as 30/m", "2/s", "30/m", "500/s")
	cli.NameArgument(f, "TIME", "start")
	return c
}

// seededStart is 2026-01-01T00:00:00Z: a stream with a seed must not depend on the clock.
const seededStart = 1767225600

func run(ctx context.Context, o *options) error {
	start := o.Now().Unix()
	if o.Seed.Given {
		start = seededStart
	}
	if o.start != "" {
		var err error
		if start, err = payload.ParseTime(o.start); err != nil {
			return cli.Usage(fmt.Errorf("--start: %w", err), "")
		}
		if start < 0 {
			return cli.Usagef("--start %s: must not be before 1970", o.start)
		}
	}
	seed := o.Seed.Or(o.Random)
	if !o.Seed.Given && o.Verbose {
		o.Note(fmt.Sprintf("use --seed %d to generate this stream again.", seed))
	}
	stream := generate.New(generate.Options{Catalog: o.Catalog, Seed: seed, Start: time.Unix(start, 0), Rate: o.Rate, Mix: o.Mix})
	return print(ctx, o.Stdout, stream, o.count)
}

// print writes count events, or an endless stream if count is 0.
func print(ctx context.Context, w io.Writer, stream *generate.Stream, count int) error {
	const lines = 64 // between two checks of the context
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for n := 0; count == 0 || n < count; n++ {
		if n%lines == 0 && ctx.Err() != nil {
			out.Flush()
			return cli.Interrupted()
		}
		line = append(stream.AppendNext(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
	}
	return out.Flush()
}
