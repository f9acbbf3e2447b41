package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"
)

// Report is what became of everything that was run.
type Report struct {
	Suites []Suite
}

// Suite is a group of cases that belong together.
type Suite struct {
	Name       string
	File       string // where it is written down; may be empty
	Start      time.Time
	Duration   time.Duration
	Properties []Property // such as the seed
	Cases      []Case
}

// Property is a fact about a suite or a case.
type Property struct{ Name, Value string }

// Status is what became of a case.
type Status string

const (
	Passed  Status = "passed"
	Warned  Status = "warned" // passed, with something to say about it
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Case is one thing that was checked.
type Case struct {
	Name string
	// File, Line and Column are where it is written down, the latter from 1. What is not
	// known is empty.
	File         string
	Line, Column int
	InWorkspace  bool // says that File is a path in the workspace; see Report.Locate
	Status       Status
	Duration     time.Duration
	// Message says in one line why it failed or was skipped.
	Message string
	// Detail are further lines about a failure.
	Detail string
	// Title and Facts are what a page shows of it.
	Title string
	Facts []Property
}

// Place is where a case is written down, as FILE:LINE.
func (c Case) Place() string {
	if c.Line == 0 {
		return c.File
	}
	return fmt.Sprintf("%s:%d", c.File, c.Line)
}

// Locate names files as build servers do, by a clean path relative to the workspace, the
// directory with the repository. A file elsewhere keeps its name.
func (r Report) Locate(workspace string) {
	root, err := realPath(workspace)
	if err != nil {
		return
	}
	known := map[string]string{"": ""} // the paths in the workspace, or "", by name
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

// pathIn is the path of a file below a directory, or "" where it is not there.
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

// realPath is the absolute path, without links, of a file that exists.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// Counts are how many cases ended in which way.
type Counts struct{ Passed, Warned, Failed, Skipped int }

// Total is how many there are.
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
