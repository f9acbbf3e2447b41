package report

import "time"

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
	Name     string
	File     string // where it is written down; may be empty
	Line     int    // from 1; 0 when it is not known
	Column   int    // from 1; 0 when it is not known
	Status   Status
	Duration time.Duration
	// Message says in one line why it failed or was skipped.
	Message string
	// Detail are further lines about a failure.
	Detail string
	// Title and Facts are what a page shows of it.
	Title string
	Facts []Property
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
