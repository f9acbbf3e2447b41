package run

import (
	"errors"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// theRun is the suite of what went wrong besides the steps.
const theRun = "The run"

// report writes the output of --report and --github.
func (r *running) report(all report.Report) error {
	for i := range all.Suites {
		if s := &all.Suites[i]; s.Start.IsZero() { // it did not start
			s.Start = r.app.Now()
		}
	}
	return r.app.WriteAll(&r.options.reports, all, r.options.github)
}

// notStarted writes reports of a run that did not start, so that those of an earlier run are not
// taken for its own.
func (r *running) notStarted(err error) error {
	suite := cli.Unfinished(theRun, "before the first scenario", err)
	var problems parse.Problems
	if errors.As(err, &problems) {
		suite = problems.Suite()
	}
	// An error here matters less than the one that kept the run from starting.
	_ = r.report(report.Report{Suites: []report.Suite{suite}})
	return err
}
