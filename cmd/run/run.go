// Package run is the command that runs scenarios against an endpoint.
package run

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

type options struct {
	*cli.App
	cli.Connection
	cli.Programs
	scenarios []string // names and files
	vars      []string
	loopback  bool
	checkOnly bool
	reports   cli.Reports
	github    bool
	failFast  bool
	repeat    int
	shuffle   bool
	seed      cli.Seed
	assume    []string
}

// parallel is how many connections a run keeps with --keep-alive.
const parallel = 64

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:        "run <scenario|directory|->...",
		SuggestFor: []string{"scenario", "scenarios", "test"},
		Short:      "Run scenarios: events and expected responses",
		Long: `Run scenarios: events in order, with expected responses. Files are checked before
anything is sent. A name is looked up in .apizee-hooks/scenarios, then in the user's
configuration directory (see 'help environment'), then among the built-in scenarios;
a path is a file or a directory, without its subdirectories. Flags, environment variables and the
profile override the URL and the headers of a scenario, but not those of a step.

Events without a time get times that increase by at least 1s and end now: the first of
n events is dated up to n seconds back, and so may be older than the last of an earlier run.

Expectations and captures read up to 4 MiB of a body, in a together step 64 KiB.`,
		Annotations: cli.ExitCodes(map[int]string{
			cli.ExitOK:          "all expectations met",
			cli.ExitNegative:    "an expectation not met",
			cli.ExitUsage:       "invalid scenario, flags or configuration, nothing was sent; or a report could not be written",
			cli.ExitUnreachable: "no response to any event, or a program of --exec failed",
		}),
		Example: cli.Example(`
			# A built-in scenario against a listener in this process
			apizee-hooks run ticket-lifecycle --loopback
			# Check all scenarios of a directory, without an endpoint
			apizee-hooks run hooks/ --check
			# In CI: start the program, wait for it, run, write a report
			apizee-hooks run hooks/ --exec 'npm start' --wait-for localhost:3000 --report junit=hooks.xml
			# Repeat under assumptions that the documentation leaves open
			apizee-hooks run ticket-lifecycle -t localhost:3000/hooks --assume once,duplicate,shuffle,late`),
		Args:              needsScenario,
		ValidArgsFunction: completeScenarios(app),
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.CheckFlags(c.Flags()); err != nil {
				return err
			}
			o.scenarios = args
			return run(c.Context(), o)
		},
	}
	o.addFlags(c)
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "run", About: "One object at the end, as in --report json=FILE.", Types: []any{report.Document{}}}}
}

func needsScenario(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return cli.NotValues(c, args)
	}
	return cli.Usage(errors.New("no scenario"),
		"name one, as in `apizee-hooks run ticket-lifecycle --loopback`, or a file.")
}

func (o *options) addFlags(c *cobra.Command) {
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	f.StringArrayVar(&o.vars, "var", nil, "variable of the scenarios, as JSON, else text; repeatable")
	f.BoolVar(&o.loopback, "loopback", false, "send to a listener in this process, and show both sides")
	f.BoolVar(&o.checkOnly, "check", false, "check the scenarios, and send nothing")
	o.Programs.AddFlags(c, f)
	cli.TextOrJSONFlag(c)
	cli.ReportFlag(c, &o.reports, report.Formats()...)
	cli.GitHubFlag(c, &o.github)
	f.BoolVar(&o.failFast, "fail-fast", false, "stop at the first failure")
	cli.CountFlag(f, &o.repeat, "repeat", 1, "number of runs of all scenarios")
	f.BoolVar(&o.shuffle, "shuffle", false, "run the scenarios in random order")
	cli.SeedFlag(c, &o.seed)
	f.StringSliceVar(&o.assume, "assume", nil, "assumptions to run under: once, duplicate, shuffle or late (see 'help assumptions'); repeatable")
	cli.NameArgument(f, "NAME=VALUE", "var")
	cli.NameArgument(f, "NAME[,NAME]", "assume")
	cli.Complete(c, "assume", cli.InList(cli.Words(assumptionNames())))
}

func assumptionNames() []string {
	var names []string
	for _, a := range runner.Assumptions() {
		names = append(names, string(a))
	}
	return names
}

// completeScenarios completes names, and files after a slash.
func completeScenarios(app *cli.App) cli.Completer {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		if strings.ContainsAny(word, `/\`) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		}
		return app.ScenarioNames(), cobra.ShellCompDirectiveDefault
	}
}
