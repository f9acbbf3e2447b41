package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// Reports are the reports to write.
type Reports struct {
	list     []fileReport
	isOutput bool      // see OutputReport
	inputs   []string  // see Keep
	stdout   io.Writer // of the report that goes to standard output; nil when there is none
}

// fileReport is one of them.
type fileReport struct{ kind, file string }

// stdoutName means standard output instead of a file.
const stdoutName = "-"

func (r fileReport) String() string { return r.kind + "=" + r.file }

func parseReport(text string, kinds []string) (fileReport, error) {
	kind, file, found := strings.Cut(text, "=")
	switch {
	case !slices.Contains(kinds, kind):
		return fileReport{}, fmt.Errorf("must be KIND=FILE, where KIND is %s%s", List(kinds, "or"), apizee.DidYouMean(kind, kinds))
	case !found || file == "":
		return fileReport{}, fmt.Errorf("must be a kind and a file, such as %s=report.%s", kind, strings.Replace(kind, "junit", "xml", 1))
	}
	return fileReport{kind, file}, nil
}

// ReportFlag adds --report with the kinds that a command can write.
func ReportFlag(c *cobra.Command, value *Reports, kinds ...string) {
	parse := func(text string) (fileReport, error) { return parseReport(text, kinds) }
	c.Flags().Var(Repeated[fileReport]{&value.list, parse, "KIND=FILE"}, "report", "file for a "+List(kinds, "or")+" report; - is stdout; repeatable")
	Complete(c, "report", func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(word, "=") {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var words []string
		for _, kind := range kinds {
			words = append(words, kind+"=")
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// GitHubFlag adds --github.
func GitHubFlag(c *cobra.Command, value *bool) {
	c.Flags().BoolVar(value, "github", false, "print annotations and write the summary of a GitHub Actions job")
}

// Keep adds files that no report may overwrite, since the command reads them.
func (r *Reports) Keep(files ...string) { r.inputs = append(r.inputs, files...) }

// OutputReport makes the JSON report the output of -o json.
func (r *Reports) OutputReport() { r.isOutput = true }

// PrepareReports checks before the work that the reports can be written. If one goes to
// standard output, everything else that the command prints goes to standard error from then on.
func (a *App) PrepareReports(r *Reports) error {
	if a.GitHub && a.JSON {
		return Usage(errors.New("--github cannot be used with -o json"), "use --report json=FILE with --github.")
	}
	var onStdout []string
	if a.JSON {
		onStdout = append(onStdout, "-o json")
	}
	for _, each := range r.list {
		if each.file == stdoutName {
			onStdout = append(onStdout, "--report "+each.kind+"=-")
		}
	}
	if len(onStdout) > 1 {
		return Usage(fmt.Errorf("%s and %s both write to standard output", onStdout[0], onStdout[1]), "give the report a file.")
	}
	if a.JSON && r.isOutput {
		r.list = append(r.list, fileReport{string(report.JSON), stdoutName})
	}
	if slices.ContainsFunc(r.list, func(f fileReport) bool { return f.file == stdoutName }) {
		r.stdout, a.Stdout = a.Stdout, a.Stderr
	}
	r.Keep(a.configFiles()...)
	return r.Check()
}

// Check checks that the reports can be written to their files.
func (r *Reports) Check() error {
	var paths []string
	for _, each := range r.list {
		if each.file != stdoutName {
			paths = append(paths, each.file)
		}
	}
	if err := report.PrepareFiles(paths, r.inputs); err != nil {
		return Usage(fmt.Errorf("--report: %w", err), "")
	}
	return nil
}

// Any reports whether there are any.
func (r *Reports) Any() bool { return len(r.list) > 0 }

// streamAt returns the output of this process that a path such as /dev/stdout means, or nil.
// To open the path again would overwrite earlier output.
func (a *App) streamAt(path string) io.Writer {
	for _, stream := range []io.Writer{a.Stdout, a.Stderr} {
		if console.IsAt(stream, path) {
			return stream
		}
	}
	return nil
}

// WriteAll writes the reports of the kinds of package report, and annotations for GitHub's runner.
func (a *App) WriteAll(r *Reports, all report.Report, annotations bool) error {
	all.Locate(a.workspace())
	writers := map[string]func(io.Writer) error{}
	for _, f := range report.Formats() {
		writers[f] = func(w io.Writer) error { return report.Format(f).Write(w, all) }
	}
	if err := a.WriteReports(r, writers); err != nil || !annotations {
		return err
	}
	return a.WriteForGitHub(Program, all)
}

// workspace is the directory that CI servers check the repository out to, else the current one.
func (a *App) workspace() string {
	for _, name := range []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR"} { // GitHub's, GitLab's
		if dir, _ := a.LookupEnv(name); dir != "" {
			return dir
		}
	}
	return "."
}

// WriteReports writes each report with the writer of its kind.
func (a *App) WriteReports(r *Reports, writers map[string]func(io.Writer) error) error {
	if err := r.Check(); err != nil {
		return err // an input file became known after PrepareReports
	}
	var problems []error
	for _, each := range r.list {
		write := func(w io.Writer) error { return a.writeSafely(w, writers[each.kind]) }
		stream := a.streamAt(each.file)
		switch {
		case each.file == stdoutName:
			problems = append(problems, write(console.NewOutput(r.stdout, a.SafeText)))
		case stream != nil:
			problems = append(problems, write(console.NewOutput(stream, a.SafeText)))
		default:
			problems = append(problems, report.WriteFile(each.file, write))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return Usage(err, "everything else is done; check the path of the report.")
	}
	return nil
}

// Reason returns why a command ended early, as the message of a case in a report.
func Reason(err error) string {
	if ExitCode(err) == ExitInterrupted {
		return "interrupted"
	}
	return redact.Message(err.Error())
}

// Unfinished returns a failed suite about the work of a command itself, without which a report could
// look passed. Its case is named for how far the work came.
func Unfinished(work, place string, err error) report.Suite {
	return report.Suite{Name: work, Cases: []report.Case{{Name: place, Status: report.Failed, Message: Reason(err)}}}
}

// WriteForGitHub writes annotations to standard output, and a summary with a title to the page of the
// job, if this is one.
func (a *App) WriteForGitHub(title string, r report.Report) error {
	err := a.writeSafely(console.Unchanged(a.Stdout), func(w io.Writer) error { return report.GitHub(w, r) })
	path, _ := a.LookupEnv("GITHUB_STEP_SUMMARY")
	if err != nil || path == "" {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return Usage(fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err), "")
	}
	defer file.Close()
	return a.writeSafely(file, func(w io.Writer) error { return report.Summary(w, title, r) })
}

// writeSafely writes a text in any format with known secrets masked and with control and
// deceptive characters escaped, in JSON with the escapes of JSON.
func (a *App) writeSafely(w io.Writer, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	masked := []byte(a.Mask(text.String()))
	escape := console.SafeText
	if json.Valid(masked) {
		escape = console.SafeJSON
	}
	_, err := w.Write(escape(masked))
	return err
}
