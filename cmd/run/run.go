// Package run is the command that runs scenarios against an endpoint.
package run

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

type options struct {
	*cli.App
	cli.Connection
	scenarios []string // names and files
	vars      []string
	loopback  bool
	checkOnly bool
	exec      []string
	detached  bool
	waitFor   []string
	waitLimit time.Duration
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
		Use:   "run <scenario|directory|->...",
		Short: "Play scenarios: events in order, and what must come back",
		Long: `Play scenarios against your endpoint. A scenario is a YAML file that says which
events are sent in which order, and what the endpoint must answer. A name is
looked for in .apizee-hooks/scenarios, then in your configuration folder, then
among those that come with the program; a path is a file of your own. A directory
stands for its .yaml and .yml files, in order of name, and - for standard input.

Every mistake in a scenario is reported before anything is sent; --check reports
them and sends nothing, so that it needs no endpoint. When all expectations hold the exit code is 0, else 1; it is 3 when no event was answered,
or the program of --exec has failed.`,
		Example: cli.Example(`
			# See what it does: play a scenario against a listener in this process
			apizee-hooks run ticket-lifecycle --loopback

			# Your endpoint, your scenario
			apizee-hooks run hooks/ticket.yaml --to http://localhost:3000/apizeehooks/

			# Every mistake in all of them, without an endpoint
			apizee-hooks run hooks/ --check

			# In CI: start the program, wait for it, report, stop it
			apizee-hooks run hooks/ --exec 'npm start' --wait-for localhost:3000 --report junit=hooks.xml

			# What does the endpoint bear that the documentation leaves open?
			apizee-hooks run ticket-lifecycle -t localhost:3000/hooks --assume once,duplicate,shuffle,late`),
		Args:              needsScenario,
		ValidArgsFunction: completeScenarios(app),
		RunE: func(c *cobra.Command, args []string) error {
			o.scenarios = args
			return run(c.Context(), o)
		},
	}
	o.addFlags(c)
	return c
}

func needsScenario(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return cli.Usage(errors.New("there is no scenario to run"),
		"name one, such as `apizee-hooks run ticket-lifecycle --loopback`, or a file of your own.")
}

const runFlags = "Run flags"

func (o *options) addFlags(c *cobra.Command) {
	f := c.Flags()
	o.Connection.AddFlags(c, f)
	o.Connection.KeepAliveFlag(f)
	f.StringArrayVar(&o.vars, "var", nil, "set a variable, as `k=v`: JSON, else text; repeatable")
	f.BoolVar(&o.loopback, "loopback", false, "deliver to a listener in this process and show both sides")
	f.BoolVar(&o.checkOnly, "check", false, "report every mistake in the scenarios, and send nothing")
	f.StringArrayVar(&o.exec, "exec", nil, "start the program under test with this `COMMAND`, and stop it at the end; repeatable, stopped in reverse")
	f.BoolVar(&o.detached, "exec-detached", false, "let the commands of --exec return at once, as docker compose up -d does")
	f.StringArrayVar(&o.waitFor, "wait-for", nil, "wait until this `URL` or host:port responds; nothing may respond there before --exec; repeatable")
	f.DurationVar(&o.waitLimit, "wait-timeout", time.Minute, "give up on --wait-for after this `DURATION`")
	cli.ReportFlag(c, &o.reports, report.Formats()...)
	f.BoolVar(&o.github, "github", false, "annotate the lines of scenarios in GitHub's workflows")
	f.BoolVar(&o.failFast, "fail-fast", false, "stop at the first failure")
	cli.CountFlag(f, &o.repeat, "repeat", 1, "run everything `N` times")
	f.BoolVar(&o.shuffle, "shuffle", false, "run the scenarios in another order each time")
	cli.SeedFlag(c, &o.seed)
	f.StringSliceVar(&o.assume, "assume", nil, "run under each of these `ASSUMPTIONS` about delivery: "+cli.List(assumptionNames(), "or")+"; repeatable")
	cli.GroupFlags(f, runFlags, "var", "loopback", "check", "exec", "exec-detached", "wait-for", "wait-timeout", "report", "github", "fail-fast", "repeat", "shuffle", "seed", "assume")
	for _, name := range []string{"var", "exec", "wait-for", "wait-timeout", "repeat"} {
		cli.Complete(c, name, cli.Nothing)
	}
	cli.Complete(c, "assume", cli.Words(assumptionNames()))
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
