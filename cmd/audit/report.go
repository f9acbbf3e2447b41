package audit

import (
	"io"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// report writes the output of --report and --github.
func (o *options) report(outcome audit.Outcome) error {
	writers := map[string]func(io.Writer) error{
		"html": outcome.Page().Write,
		"json": outcome.WriteJSON,
		"junit": func(w io.Writer) error {
			return report.JUnit.Write(w, outcome.JUnit())
		},
		"sarif": func(w io.Writer) error {
			return outcome.WriteSARIF(w, cli.Program, o.Build.Version)
		},
	}
	if err := o.WriteReports(&o.reports, writers); err != nil || !o.github {
		return err
	}
	return o.WriteForGitHub(cli.Program+" audit: "+outcome.Summary(), outcome.JUnit())
}

// notStarted writes reports of an audit that did not start, so that those of an earlier audit are not
// taken for its own.
func (o *options) notStarted(spec audit.Options, err error) error {
	outcome := audit.Outcome{Start: o.Now(), Problem: cli.Reason(err)}
	if spec.Target.URL != nil {
		outcome.URL = deliver.ShowURL(spec.Target.URL, false)
	}
	// An error here matters less than the one that kept the audit from starting.
	_ = o.report(outcome)
	return err
}
