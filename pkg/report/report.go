// Package report writes the results of a run in the formats of CI servers and other tools: JUnit
// XML, TAP 13, JSON, GitLab code quality, GitHub annotations and summaries, and an HTML page.
//
// A Report has suites and cases, whatever they are about. The caller masks secrets. Every format
// accepts any text: what the format cannot represent is escaped.
package report

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

// Report is the result of a run.
type Report struct {
	Suites []Suite
}

// Suite is a group of cases that belong together.
type Suite struct {
	Name       string
	File       string // its source; may be empty
	Start      time.Time
	Duration   time.Duration
	Properties []Property // such as the random seed
	Cases      []Case
}

// Property is a fact about a suite or a case.
type Property struct{ Name, Value string }

// Status is the status of a case.
type Status string

const (
	Passed  Status = "passed"
	Warned  Status = "warned" // passed with a warning
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Values returns all statuses.
func (Status) Values() []string {
	return []string{string(Passed), string(Warned), string(Failed), string(Skipped)}
}

// Case is one test.
type Case struct {
	Name string
	// File, Line and Column are its source, counted from 1; zero values are unknown.
	File         string
	Line, Column int
	InWorkspace  bool // whether File is a path in the workspace; see Report.Locate
	Status       Status
	Duration     time.Duration
	// Message is one line, about why the case failed or was skipped.
	Message string
	// Detail is further lines about a failure.
	Detail string
	// Title and Facts are shown on a Page.
	Title string
	Facts []Property
}

// Place returns the source of a case, as FILE:LINE.
func (c Case) Place() string {
	if c.Line == 0 {
		return c.File
	}
	return fmt.Sprintf("%s:%d", c.File, c.Line)
}

// Locate replaces file names by clean paths relative to the workspace, the directory of the
// repository, as CI servers expect them. Files outside it keep their names.
func (r Report) Locate(workspace string) {
	root, err := realPath(workspace)
	if err != nil {
		return
	}
	known := map[string]string{"": ""} // from file names to paths in the workspace, or ""
	locate := func(file string) (string, bool) {
		path, done := known[file]
		if !done {
			path = pathIn(root, file)
			known[file] = path
		}
		return cmp.Or(path, file), path != ""
	}
	for i := range r.Suites {
		s := &r.Suites[i]
		s.File, _ = locate(s.File)
		for j := range s.Cases {
			c := &s.Cases[j]
			c.File, c.InWorkspace = locate(c.File)
		}
	}
}

// pathIn returns the path of a file relative to a directory that contains it, or "".
func pathIn(root, file string) string {
	path, err := realPath(file)
	if err != nil {
		return ""
	}
	relative, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(relative) {
		return ""
	}
	return filepath.ToSlash(relative)
}

// realPath returns the absolute path of an existing file, with links resolved.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// Counts are the numbers of cases by status.
type Counts struct{ Passed, Warned, Failed, Skipped int }

// Total returns the number of cases.
func (c Counts) Total() int { return c.Passed + c.Warned + c.Failed + c.Skipped }

// Counts counts the cases of a suite.
func (s Suite) Counts() Counts {
	var c Counts
	for _, each := range s.Cases {
		switch each.Status {
		case Passed:
			c.Passed++
		case Warned:
			c.Warned++
		case Failed:
			c.Failed++
		case Skipped:
			c.Skipped++
		}
	}
	return c
}

// Counts counts the cases of all suites.
func (r Report) Counts() Counts {
	var sum Counts
	for _, s := range r.Suites {
		c := s.Counts()
		sum.Passed += c.Passed
		sum.Warned += c.Warned
		sum.Failed += c.Failed
		sum.Skipped += c.Skipped
	}
	return sum
}

// Format is a format of a report.
type Format string

const (
	JUnit Format = "junit"
	TAP   Format = "tap"
	JSON  Format = "json"
	// CodeQuality is GitLab's.
	CodeQuality Format = "codequality"
)

// Formats returns the names of all formats.
func Formats() []string {
	return []string{string(JUnit), string(TAP), string(JSON), string(CodeQuality)}
}

// Write writes a report in this format.
func (f Format) Write(w io.Writer, r Report) error {
	switch f {
	case JUnit:
		return junit(w, r)
	case TAP:
		return tap(w, r)
	case JSON:
		return writeJSON(w, r)
	case CodeQuality:
		return codeQuality(w, r)
	}
	return fmt.Errorf("unknown report format %q", string(f))
}
