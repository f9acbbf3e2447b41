// Package learn is the command that makes templates, scenarios and a baseline from captured events.
//
// Events are read once to learn from them, and once more to look for each of their values in what is
// about to be written. Files are written last, all or none.
package learn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

type options struct {
	*cli.App
	files  []string // "-" is standard input
	out    string
	update string
	key    string
	keep   []string
	pace   cli.Pace
	force  bool
}

// New returns the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app, pace: cli.Pace{Speed: "60x", MaxGap: 5 * time.Second}}
	c := &cobra.Command{
		Use:   "learn <recording|->...",
		Short: "Generate templates and a baseline from captured events",
		Long: `Read recordings of 'listen --record', or JSON Lines of events, and write what the events
have in common: a template of each kind of event, for 'send --template'; the most
frequent lives of objects as scenarios, for 'run'; and a baseline for
'validate --baseline' and 'listen --baseline', to commit and review.

All values are replaced by pseudonyms of the same shape, except for documented words,
the field time, true, false and null; equal values get equal pseudonyms. So are names of
fields that look like data, such as an email, and those of which many are each rare.
Before anything is written, each original value is searched for in it. Headers are not used.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:       "learned",
			cli.ExitNegative: "a value that should have been replaced was found; nothing was written",
			cli.ExitUsage:    "invalid flags, no event in the input, or a file that would be overwritten",
		}),
		Example: cli.Example(`
			apizee-hooks learn staging.ndjson
			apizee-hooks send --template ticket-update-invited --dry-run
			# Later: what changed, and accept it
			apizee-hooks validate today.ndjson --baseline .apizee-hooks/baseline.json
			apizee-hooks learn today.ndjson --update .apizee-hooks/baseline.json
			# Equal pseudonyms each time, and real names of agents
			apizee-hooks learn staging.ndjson --key ~/pseudonyms.key --keep props.agent.firstname --out hooks`),
		Args:              cli.Needs("a recording", maxFiles, "`apizee-hooks listen --record FILE` writes one."),
		ValidArgsFunction: cli.Files("ndjson", "jsonl", "json"),
		RunE: func(c *cobra.Command, args []string) error {
			o.files = args
			if err := o.pace.Check(c); err != nil {
				return err
			}
			if o.update != "" && !c.Flags().Changed("out") {
				o.out = ""
			}
			return run(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", cli.ProjectDir, "directory for the files; templates are found by name in the default one")
	f.StringVar(&o.update, "update", "", "baseline to add the events to; without --out, nothing else is written")
	f.StringVar(&o.key, "key", "", "file with a secret that makes equal pseudonyms each time (default random)")
	f.StringArrayVar(&o.keep, "keep", nil, "path whose values are not replaced, such as props.agent.firstname, or props.scores.* with the names; repeatable")
	o.pace.AddFlags(c, "speed of the scenarios: 1 pauses as long as the captured gaps, max not at all", "longest pause in a scenario", "1", "60x", "max")
	cli.TextOrJSONFlag(c)
	f.BoolVar(&o.force, "force", false, "overwrite files that were not learned, or changed since")
	cli.NameArgument(f, "DIR", "out")
	cli.NameArgument(f, "FILE", "update", "key")
	cli.NameArgument(f, "PATH", "keep")
	cli.Complete(c, "out", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	})
	cli.CompleteFiles(c, "update", "json")
	cli.Complete(c, "key", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault
	})
	cli.Complete(c, "keep", cli.Words([]string{"objectId", "props."}))
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "learn", About: "One object.", Types: []any{learnedJSON{}}}}
}

// maxFiles is the most recordings of one run.
const maxFiles = 10_000

// readKey reads the secret that pseudonyms depend on, nil for a random one.
func (o *options) readKey(ctx context.Context) ([]byte, error) {
	if o.key == "" {
		return nil, nil
	}
	const shortest, longest = 16, 64 << 10
	key, err := textfile.ReadFile(ctx, o.key, longest)
	switch {
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, cli.Usage(fmt.Errorf("--key %s: %w", o.key, textfile.Reason(err)), "`head -c 32 /dev/urandom | base64 > FILE` makes one; do not commit it.")
	case len(key) < shortest:
		return nil, cli.Usage(fmt.Errorf("--key %s: %d bytes are too few for a secret", o.key, len(key)), "use 16 or more.")
	}
	return key, nil
}
