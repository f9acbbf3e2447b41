package run

import (
	"errors"
	"io"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// report writes the output of --report and --github.
func (r *running) report(all report.Report) error {
	all.Locate(r.workspace())
	for i := range all.Suites {
		if s := &all.Suites[i]; s.Start.IsZero() { // it did not start
			s.Start = r.app.Now()
		}
	}
	writers := map[string]func(io.Writer) error{}
	for _, f := range report.Formats() {
		writers[f] = func(w io.Writer) error { return report.Format(f).Write(w, all) }
	}
	if err := r.app.WriteReports(&r.options.reports, writers); err != nil {
		return err
	}
	if r.options.github {
		return r.app.WriteForGitHub(all)
	}
	return nil
}

// workspace is the directory that CI servers check the repository out to, else the current one.
func (r *running) workspace() string {
	for _, name := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR"} { // GitHub's, GitLab's
		if dir, _ := r.app.LookupEnv(name); dir != "" {
			return dir
		}
	}
	return "."
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
