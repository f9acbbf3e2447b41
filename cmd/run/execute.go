package run

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// running is one execution of the command.
type running struct {
	app         *cli.App
	options     *options
	loaded      *config.Loaded
	scenarios   []*scenario.Scenario
	assumptions []runner.Assumption
	seed        int64
	transport   *http.Transport
	runner      runner.Runner
	delivery    runner.Options
	view        *view
}

// run validates everything before it starts or sends anything.
func run(ctx context.Context, o *options) error {
	o.App.GitHub = o.github
	r := &running{app: o.App, options: o, seed: int64(o.seed.Or(o.Random))}
	if err := r.check(); err != nil {
		return err
	}
	var err error
	if r.loaded, err = o.Load(ctx, o.Settings); err != nil {
		return r.notStarted(err)
	}
	if r.scenarios, err = parseScenarios(ctx, o, r.loaded.Config); err != nil {
		return r.notStarted(err)
	}
	if err := o.reports.Check(); err != nil {
		return err
	}
	if o.checkOnly {
		return r.checked()
	}
	if err := r.prepare(ctx); err != nil {
		return r.notStarted(err)
	}
	r.view = newView(o.App, r)
	defer r.view.spinner.stop()
	return r.start(ctx)
}

// checked reports that the scenarios are valid.
func (r *running) checked() error {
	steps, suite := 0, report.Suite{Name: "Scenario"}
	for _, s := range r.scenarios {
		steps += len(s.Steps)
		suite.Cases = append(suite.Cases, report.Case{Name: s.Name, File: s.File, Status: report.Passed})
	}
	if !r.app.NoText() {
		fmt.Fprintf(r.app.Stdout, "%s, %s: valid\n", console.Plural(len(r.scenarios), "scenario"), console.Plural(steps, "step"))
	}
	return r.report(report.Report{Suites: []report.Suite{suite}})
}

func (r *running) check() error {
	o := r.options
	for _, name := range o.assume {
		if !slices.Contains(assumptionNames(), name) {
			return cli.Usage(fmt.Errorf("--assume: unknown assumption %q%s", name, apizee.DidYouMean(name, assumptionNames())),
				"use one or more of "+cli.List(assumptionNames(), "and")+", separated by commas.")
		}
		if a := runner.Assumption(name); !slices.Contains(r.assumptions, a) {
			r.assumptions = append(r.assumptions, a)
		}
	}
	o.reports.Keep(o.Network.Files()...)
	o.reports.Keep(o.scenarios...)
	o.reports.OutputReport()
	if err := o.PrepareReports(&o.reports); err != nil {
		return err
	}
	return o.Programs.Check()
}

// prepare sets up the target and the runner.
func (r *running) prepare(ctx context.Context) error {
	r.delivery = runner.Options{Timeout: r.loaded.Config.Timeout, FailFast: r.options.failFast}
	if err := r.chooseTarget(); err != nil {
		return err
	}
	network, err := r.app.NetworkOf(r.options.Network, r.loaded.Config.Insecure)
	if err != nil {
		return err
	}
	if r.transport, err = r.app.OpenTransport(ctx, network, r.options.Kept(parallel)); err != nil {
		return err
	}
	r.runner = runner.Runner{
		Client: deliver.NewClient(r.transport, r.app.Now), Now: r.app.Now, Sleep: r.app.Sleep, Faulty: r.faulty,
		Advise: r.options.Hint, Secrets: &r.app.Known,
	}
	return nil
}

func (r *running) faulty(f fault.Fault, seed uint64) *deliver.Client {
	return f.Client(r.transport, r.app.Now, fault.Options{Seed: seed, Sleep: r.app.Sleep})
}

// chooseTarget prefers the URL and the headers that are set for this run to those of the
// scenario, and these to the rest of the configuration.
func (r *running) chooseTarget() (err error) {
	to, headers := r.loaded.ForRun()
	if r.delivery.Headers, err = r.app.ParseHeaders(headers, r.options.Headers); err != nil {
		return err
	}
	if r.delivery.FallbackHeaders, err = r.app.ParseHeaders(r.loaded.Config.Headers, nil); err != nil {
		return err
	}
	_, typed := r.options.Settings["to"]
	switch {
	case r.options.loopback:
		return r.options.CheckLoopback(typed)
	case r.loaded.Config.To == "" && !slices.ContainsFunc(r.scenarios, needsTarget):
		return nil
	}
	target, err := cli.ParseTarget(r.loaded.Config.To, nil)
	if err != nil {
		return err
	}
	if to != "" {
		r.delivery.To = target.URL
	}
	r.delivery.Fallback = target.URL
	return nil
}

func needsTarget(s *scenario.Scenario) bool { return s.Delivers() && !s.HasTarget() }

// start starts the listener and the programs under test, runs the scenarios, and stops them.
func (r *running) start(ctx context.Context) error {
	r.app.OutliveReader()
	if r.options.loopback {
		stop, err := r.listen()
		if err != nil {
			return r.notStarted(err)
		}
		defer stop()
	}
	programs, err := r.app.StartPrograms(ctx, &r.options.Programs, r.transport,
		cli.ProgramView{BeforeLine: r.view.spinner.pause, Waiting: r.view.waiting})
	if err != nil {
		return r.notStarted(err)
	}
	defer programs.Stop()
	r.runner.Observe = r.view.observe
	outcomes, all := r.runAll(ctx)
	programs.Settle(ctx)
	interrupted := ctx.Err()
	if interrupted != nil {
		all.Suites = append(all.Suites, cli.Unfinished(theRun, "to the end", interrupted))
	}
	if err := programs.Crash(); err != nil {
		all.Suites = append(all.Suites, cli.Unfinished(theRun, "the program under test", err))
	}
	return programs.End(r.end(interrupted, outcomes, all))
}

// runAll runs the plan.
func (r *running) runAll(ctx context.Context) (outcomes []runner.Outcome, all report.Report) {
	r.view.begin()
	stopped := false
	for _, planned := range r.plan().Runs() {
		if stopped {
			all.Suites = append(all.Suites, planned.Skipped("--fail-fast after a failure"))
			continue
		}
		r.view.scenario(planned.Title, planned.Scenario)
		out := r.runner.Run(ctx, planned.Scenario, planned.Options)
		outcomes = append(outcomes, out)
		all.Suites = append(all.Suites, out.Suite(planned.Title))
		stopped = r.options.failFast && !out.OK() && ctx.Err() == nil
	}
	return outcomes, all
}

func (r *running) plan() runner.Plan {
	o := r.delivery
	o.Seed = r.seed
	return runner.Plan{
		Scenarios: r.scenarios, Assumptions: r.assumptions, Repeat: r.options.repeat, Shuffle: r.options.shuffle, Options: o,
	}
}

// end prints the summary, writes the reports, and returns the error for the exit code.
func (r *running) end(interrupted error, outcomes []runner.Outcome, all report.Report) error {
	r.view.summary(outcomes, all)
	if err := r.report(all); err != nil {
		return err
	}
	return r.verdict(interrupted, outcomes)
}

func (r *running) verdict(interrupted error, outcomes []runner.Outcome) error {
	failed, responses, undelivered := 0, 0, false
	for _, o := range outcomes {
		failed += o.Counts().Failed
		responses += o.Counts().Responses
		undelivered = undelivered || o.Undelivered()
	}
	switch {
	case interrupted != nil:
		return cli.Interrupted()
	case undelivered && responses == 0:
		return cli.Unreachable(errors.New("no response to any event"), "")
	case failed > 0:
		return r.app.Negative("%s failed", console.Plural(failed, "step"))
	}
	return nil
}
