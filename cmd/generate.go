package cmd

import (
	"bufio"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

type generateOptions struct {
	seed  cli.Seed
	count int
	start string
	rate  generate.Rate
	mix   generate.Mix
}

func newGenerateCmd(a *app) *cobra.Command {
	o := &generateOptions{rate: generate.DefaultRate(), mix: generate.DefaultMix(a.Catalog)}
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make an endless stream of plausible events",
		Long: `Print documented events, one JSON object a line: tickets that are opened, located,
done and closed, or declined on the way, media that belong to them, conversations
that end. The stream has no end unless --count gives it one.

The same --seed gives the same bytes on every machine, with times from the
beginning of 2026 unless --start says another.`,
		Example: cli.Example(`
			apizee-hooks generate --count 5
			apizee-hooks generate --seed 42 --start 2024-01-01T00:00:00Z --count 100000 > events.jsonl
			apizee-hooks generate --mix media=1 --rate 30/m | head -3`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.generate(c.Context(), o)
		},
	}
	f := c.Flags()
	cli.CountFlag(f, &o.count, "count", 0, "stop after `N` events")
	f.StringVar(&o.start, "start", "", "time of the first event: UNIX seconds or RFC 3339, as `TIME` (default now, or with --seed 2026-01-01)")
	f.Var(&rateFlag{&o.rate}, "rate", "how many events there are in a span of the events' own time")
	a.addStreamFlags(c, &o.seed, &o.mix)
	for _, name := range []string{"count", "start"} {
		cli.Complete(c, name, cli.Nothing)
	}
	cli.Complete(c, "rate", cli.Words([]string{"2/s", "30/m", "500/s"}))
	return c
}

// addStreamFlags adds the flags of every command that generates events.
func (a *app) addStreamFlags(c *cobra.Command, seed *cli.Seed, mix *generate.Mix) {
	f := c.Flags()
	cli.SeedFlag(c, seed)
	f.Var(&mixFlag{a.Catalog, mix}, "mix", "how large a share each object has")
	cli.Complete(c, "mix", a.completeMix)
}

// completeMix completes the object that comes next.
func (a *app) completeMix(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, name := range a.Catalog.ObjectNames() {
		words = append(words, word[:lastPart(word)]+name+"=")
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// lastPart is where the part after the last comma begins.
func lastPart(word string) int {
	for i := len(word); i > 0; i-- {
		if word[i-1] == ',' {
			return i
		}
	}
	return 0
}

// seededStart is 2026-01-01T00:00:00Z: a stream that is to be made again does not
// hang on the clock.
const seededStart = 1767225600

func (a *app) generate(ctx context.Context, o *generateOptions) error {
	start := a.Now().Unix()
	if o.seed.Given {
		start = seededStart
	}
	if o.start != "" {
		var err error
		if start, err = payload.ParseTime(o.start); err != nil {
			return cli.Usage(fmt.Errorf("--start: %w", err), "")
		}
		if start < 0 {
			return cli.Usagef("--start %s: it is before 1970", o.start)
		}
	}
	seed := o.seed.Or(a.Random)
	if !o.seed.Given && a.Verbose {
		a.Note(fmt.Sprintf("--seed %d makes this stream again.", seed))
	}
	stream := generate.New(generate.Options{Catalog: a.Catalog, Seed: seed, Start: time.Unix(start, 0), Rate: o.rate, Mix: o.mix})
	return a.printStream(ctx, stream, o.count)
}

// printStream writes count events, or without end when count is 0.
func (a *app) printStream(ctx context.Context, stream *generate.Stream, count int) error {
	const lines = 64 // between two looks at the context
	out := bufio.NewWriterSize(a.Stdout, 64<<10)
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

// rateFlag and mixFlag are flags of package generate's types.
type rateFlag struct{ value *generate.Rate }

func (f rateFlag) String() string {
	if f.value == nil || *f.value == (generate.Rate{}) {
		return ""
	}
	return f.value.String()
}

func (f rateFlag) Type() string { return "RATE" }

func (f rateFlag) Set(s string) (err error) {
	*f.value, err = generate.ParseRate(s)
	return err
}

type mixFlag struct {
	catalog *apizee.Catalog
	value   *generate.Mix
}

func (f mixFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.String()
}

func (f mixFlag) Type() string { return "MIX" }

func (f mixFlag) Set(s string) (err error) {
	*f.value, err = generate.ParseMix(f.catalog, s)
	return err
}

var (
	_ pflag.Value = rateFlag{}
	_ pflag.Value = mixFlag{}
)
