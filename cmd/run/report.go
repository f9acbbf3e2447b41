package run

import (
	"errors"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

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
	suite := failedRun("before the first scenario", err)
	var problems parse.Problems
	if errors.As(err, &problems) {
		suite = problems.Suite()
	}
	// An error here matters less than the one that kept the run from starting.
	_ = r.report(report.Report{Suites: []report.Suite{suite}})
	return err
}

// failedRun is a failed suite about the run itself, without which a report could look passed.
func failedRun(name string, err error) report.Suite {
	return report.Suite{Name: "The run", Cases: []report.Case{{Name: name, Status: report.Failed, Message: err.Error()}}}
}
