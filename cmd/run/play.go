package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// running is a run that is about to begin.
type running struct {
	app         *cli.App
	options     *options
	config      config.Config
	scenarios   []*scenario.Scenario
	assumptions []scenario.Assumption
	seed        int64
	transport   *http.Transport
	runner      scenario.Runner
	delivery    scenario.Options
	view        *view
}

// run settles everything that can be wrong before anything is started or sent.
func run(ctx context.Context, o *options) error {
	r := &running{app: o.App, options: o, seed: int64(o.seed.Or(o.Random))}
	if err := r.check(); err != nil {
		return err
	}
	loaded, err := o.Load(o.Settings)
	if err != nil {
		return r.notBegun(err)
	}
	r.config = loaded.Config
	if r.scenarios, err = parseScenarios(o, r.config); err != nil {
		return r.notBegun(err)
	}
	if err := r.prepare(); err != nil {
		return r.notBegun(err)
	}
	r.view = newView(o.App, r)
	defer r.view.close()
	return r.start(ctx)
}

// notBegun reports why a run has not begun: a report of an earlier one must not stand for it.
func (r *running) notBegun(err error) error {
	suite := failedRun("before the first scenario", err)
	var problems scenario.Problems
	if errors.As(err, &problems) {
		suite = problems.Suite()
	}
	// What keeps it from being written matters less than what kept the run.
	_ = r.report(report.Report{Suites: []report.Suite{suite}})
	return err
}

func (r *running) check() error {
	o := r.options
	for _, name := range o.assume {
		if !slices.Contains(assumptionNames(), name) {
			return cli.Usage(fmt.Errorf("--assume: there is no assumption %q%s", name, apizee.DidYouMean(name, assumptionNames())),
				"it takes "+cli.List(assumptionNames(), "and")+", with commas between them.")
		}
		r.assumptions = append(r.assumptions, scenario.Assumption(name))
	}
	if len(r.assumptions) == 0 {
		r.assumptions = []scenario.Assumption{""}
	}
	if err := o.reports.Check(); err != nil {
		return err
	}
	return checkEndpoint(o)
}

// prepare settles where events go and how. The target may be typed, or come from
// the configuration.
func (r *running) prepare() error {
	headers, err := cli.ParseHeaders(r.config.Headers, r.options.Headers)
	if err != nil {
		return err
	}
	r.delivery = scenario.Options{
		Headers: headers, Timeout: r.config.Timeout, FailFast: r.options.failFast,
	}
	if err := r.chooseTarget(); err != nil {
		return err
	}
	tls := r.options.TLS(r.config)
	if r.transport, err = r.app.Transport(tls, r.options.Kept(parallel)); err != nil {
		return cli.Usage(err, "--cacert takes a file of certificates in PEM form.")
	}
	r.runner = scenario.Runner{
		Client: deliver.NewClient(r.transport, r.app.Now), Now: r.app.Now, Sleep: r.app.Sleep, Faulty: r.faulty,
		Advise: show.Advise,
	}
	return nil
}

func (r *running) faulty(f fault.Fault, seed uint64) *deliver.Client {
	return f.Client(r.transport, r.app.Now, fault.Options{Seed: seed, Sleep: r.app.Sleep})
}

// chooseTarget takes the target of the command line before the scenario's, and
// that before the configured one.
func (r *running) chooseTarget() error {
	_, typed := r.options.Settings["to"]
	switch {
	case r.options.loopback && typed:
		return cli.TwoTargets()
	case r.options.loopback:
		return nil
	case r.config.To == "" && !slices.ContainsFunc(r.scenarios, needsTarget):
		return nil
	}
	target, err := cli.ParseTarget(r.config.To, nil)
	if err != nil {
		return err
	}
	if typed {
		r.delivery.To = target.URL
	}
	r.delivery.Fallback = target.URL
	return nil
}

func needsTarget(s *scenario.Scenario) bool { return s.Delivers() && !s.HasTarget() }

// start brings up what a run needs, plays the scenarios, and takes it down.
func (r *running) start(ctx context.Context) error {
	if r.options.loopback {
		stop, err := r.listen()
		if err != nil {
			return r.notBegun(err)
		}
		defer stop()
	}
	program, stop, err := r.startProgram(ctx)
	if err != nil {
		return r.notBegun(err)
	}
	defer stop()
	r.runner.Observe = r.view.observe
	outcomes, all := r.play(ctx)
	if ctx.Err() != nil {
		all.Suites = append(all.Suites, failedRun("to the end", errors.New("interrupted")))
	}
	if err := crash(program); err != nil {
		all.Suites = append(all.Suites, failedRun("the program under test", err))
	}
	return r.ended(program, r.end(ctx, outcomes, all))
}

// failedRun is for reports, which would look well otherwise.
func failedRun(name string, err error) report.Suite {
	return report.Suite{Name: "The run", Cases: []report.Case{{Name: name, Status: report.Failed, Message: err.Error()}}}
}

// play runs all scenarios under all assumptions, as often as asked.
func (r *running) play(ctx context.Context) (outcomes []scenario.Outcome, all report.Report) {
	r.view.begin()
	stopped := false
	for _, t := range r.turns() {
		if stopped {
			all.Suites = append(all.Suites, t.skipped())
			continue
		}
		r.view.scenario(t.title, t.scenario)
		out := r.runner.Run(ctx, t.scenario, t.options)
		outcomes = append(outcomes, out)
		suite := out.Suite()
		suite.Name = t.title
		all.Suites = append(all.Suites, suite)
		stopped = r.options.failFast && !out.OK() && ctx.Err() == nil
	}
	return outcomes, all
}

// turn is a scenario that is about to be played.
type turn struct {
	title    string
	scenario *scenario.Scenario
	options  scenario.Options
}

func (r *running) turns() []turn {
	var turns []turn
	for round := range r.options.repeat {
		seed := r.seed + int64(round)
		for _, s := range r.order(seed) {
			for _, a := range r.assumptions {
				o := r.delivery
				o.Seed, o.Assume = seed, a
				turns = append(turns, turn{runTitle(s.Name, a, round+1, r.options.repeat), s, o})
			}
		}
	}
	return turns
}

// skipped is the turn in a report when it did not come.
func (t turn) skipped() report.Suite {
	return report.Suite{Name: t.title, File: t.scenario.File, Cases: []report.Case{
		{Name: "not run", File: t.scenario.File, Status: report.Skipped, Message: "--fail-fast, after a failure"},
	}}
}

// order is the order of the scenarios in one round.
func (r *running) order(seed int64) []*scenario.Scenario {
	ordered := slices.Clone(r.scenarios)
	if r.options.shuffle {
		random := rand.New(rand.NewPCG(uint64(seed), 2))
		random.Shuffle(len(ordered), func(i, j int) { ordered[i], ordered[j] = ordered[j], ordered[i] })
	}
	return ordered
}

func runTitle(name string, a scenario.Assumption, round, of int) string {
	title := scenario.Outcome{Scenario: name, Assumption: a}.Title()
	if of > 1 {
		title += fmt.Sprintf(" (%d of %d)", round, of)
	}
	return title
}

// end writes the reports, sums up, and makes the exit code.
func (r *running) end(ctx context.Context, outcomes []scenario.Outcome, all report.Report) error {
	r.view.summary(outcomes)
	if err := r.report(all); err != nil {
		return err
	}
	return r.verdict(ctx, outcomes)
}

func (r *running) report(all report.Report) error {
	writers := map[string]func(io.Writer) error{}
	for _, f := range report.Formats() {
		writers[f] = func(w io.Writer) error { return report.Format(f).Write(w, all) }
	}
	if err := r.app.WriteReports(r.options.reports, writers); err != nil {
		return err
	}
	if r.options.github {
		return report.GitHub(r.app.Stdout, all)
	}
	return nil
}

func (r *running) verdict(ctx context.Context, outcomes []scenario.Outcome) error {
	failed, answered, undelivered := 0, 0, false
	for _, o := range outcomes {
		failed += o.Counts().Failed
		answered += o.Counts().Answered
		undelivered = undelivered || o.Undelivered()
	}
	switch {
	case ctx.Err() != nil:
		return cli.Interrupted()
	case undelivered && answered == 0:
		return cli.Unreachable(errors.New("no event was answered"), "")
	case failed > 0:
		return r.app.AnswerNo("%s failed", cli.Plural(failed, "step"))
	}
	return nil
}
