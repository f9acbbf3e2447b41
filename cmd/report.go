package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// reportFlag is a repeatable flag that takes KIND=FILE.
type reportFlag struct {
	list  *[]reportFile
	kinds []string
}

type reportFile struct{ kind, file string }

func (f reportFlag) String() string {
	if f.list == nil {
		return ""
	}
	var parts []string
	for _, r := range *f.list {
		parts = append(parts, r.kind+"="+r.file)
	}
	return strings.Join(parts, ",")
}

func (f reportFlag) Type() string { return "KIND=FILE" }

func (f reportFlag) Set(s string) error {
	kind, file, found := strings.Cut(s, "=")
	switch {
	case !slices.Contains(f.kinds, kind):
		return fmt.Errorf("it takes KIND=FILE, and the kind is %s%s", list(f.kinds, "or"), apizee.DidYouMean(kind, f.kinds))
	case !found || file == "":
		return fmt.Errorf("it takes a kind and a file, like %s=report.%s", kind, strings.Replace(kind, "junit", "xml", 1))
	}
	*f.list = append(*f.list, reportFile{kind, file})
	return nil
}

// addReportFlag adds --report with the kinds that a command can write.
func addReportFlag(c *cobra.Command, value *[]reportFile, kinds ...string) {
	c.Flags().Var(reportFlag{value, kinds}, "report", "write a report to a file, as "+list(kinds, "or")+"; repeatable")
	complete(c, "report", func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
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

// checkReports says before the work what would keep its reports from being written.
func checkReports(list []reportFile) error {
	var paths []string
	for _, r := range list {
		paths = append(paths, r.file)
	}
	if err := report.CheckFiles(paths); err != nil {
		return usage(fmt.Errorf("--report: %w", err), "")
	}
	return nil
}

// streamAt is the output of this process that a path such as /dev/stdout means, or nil.
// Opened anew it would lose what was written to it before.
func (a *app) streamAt(path string) io.Writer {
	for _, stream := range []io.Writer{a.Stdout, a.Stderr} {
		if console.IsAt(stream, path) {
			return stream
		}
	}
	return nil
}

// writeReports writes each report with the writer of its kind.
func (a *app) writeReports(list []reportFile, writers map[string]func(io.Writer) error) error {
	var problems []error
	for _, r := range list {
		if stream := a.streamAt(r.file); stream != nil {
			problems = append(problems, writers[r.kind](stream))
			continue
		}
		problems = append(problems, report.WriteFile(r.file, writers[r.kind]))
	}
	if err := errors.Join(problems...); err != nil {
		return usage(err, "everything was sent; only the report is missing.")
	}
	return nil
}
