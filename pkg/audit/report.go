package audit

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/report"
)

// Document is the JSON report.
type Document struct {
	URL        string         `json:"url"`
	Start      time.Time      `json:"start"`
	DurationMS float64        `json:"durationMs"`
	Complete   bool           `json:"complete" about:"false if the audit was stopped or did not start"`
	Error      string         `json:"error,omitempty" about:"why it did not start"`
	Crash      string         `json:"crash,omitempty" about:"how the program under test failed by itself"`
	Score      *int           `json:"score" about:"from 0 to 100; null if the audit is not complete"`
	Formula    string         `json:"formula" about:"how the score is made"`
	Passed     int            `json:"passed"`
	Warned     int            `json:"warned"`
	Failed     int            `json:"failed"`
	Unjudged   int            `json:"notJudged"`
	Skipped    int            `json:"skipped"`
	Rules      []documentRule `json:"rules"`
}

type documentRule struct {
	Result
	DurationMS float64 `json:"durationMs"`
}

func (o Outcome) document() Document {
	d := Document{
		URL: o.URL, Start: o.Start.UTC(), DurationMS: report.Milliseconds(o.Took), Complete: o.Complete, Error: o.Problem, Crash: o.Crash, Formula: Formula,
		Passed: o.Count(Passed), Warned: o.Count(Warned), Failed: o.Count(Failed), Unjudged: o.Count(NotJudged), Skipped: o.Count(Skipped),
		Rules: []documentRule{},
	}
	if o.Complete {
		score := o.Score()
		d.Score = &score
	}
	for _, r := range o.Results {
		d.Rules = append(d.Rules, documentRule{r, report.Milliseconds(r.Took)})
	}
	return d
}

// Report returns the outcome as suites of cases, one suite per group of rules.
func (o Outcome) Report() report.Report { return o.suites(Result.reportCase) }

// suites returns a suite per group of rules, with a case of each rule.
func (o Outcome) suites(caseOf func(Result) report.Case) report.Report {
	var r report.Report
	properties := []report.Property{{Name: "url", Value: o.URL}}
	if o.Complete {
		properties = append(properties, report.Property{Name: "score", Value: strconv.Itoa(o.Score())}, report.Property{Name: "formula", Value: Formula})
	}
	for _, result := range o.Results {
		if n := len(r.Suites); n == 0 || r.Suites[n-1].Name != result.Group {
			r.Suites = append(r.Suites, report.Suite{Name: result.Group, Start: o.Start, Properties: properties})
		}
		suite := &r.Suites[len(r.Suites)-1]
		suite.Duration += result.Took
		suite.Cases = append(suite.Cases, caseOf(result))
	}
	return r
}

func (r Result) reportCase() report.Case {
	c := report.Case{Name: r.Name, Title: r.Title, Status: report.Status(r.Status), Duration: r.Took, Message: r.Actual}
	actual := "Actual"
	switch r.Status {
	case Failed, Warned:
		c.Detail = r.detail()
	case Skipped, NotJudged:
		c.Status, actual = report.Skipped, "Skipped"
		if r.Status == NotJudged {
			actual, c.Message = "Not judged", "not judged: "+r.Actual
		}
	}
	c.Facts = []report.Property{{Name: "Expected", Value: r.Expected}, {Name: actual, Value: r.Note()}}
	for _, e := range r.Requests {
		c.Facts = append(c.Facts, report.Property{Name: "Request", Value: e.text()})
	}
	c.Facts = append(c.Facts, report.Property{Name: "Why", Value: r.Why})
	return c
}

// detail returns what a report has besides the name of a rule and what the endpoint did.
func (r Result) detail() string {
	text := r.Title + "\nexpected: " + r.Expected + "\nactual: " + r.Actual + "\n" + r.Why
	for _, e := range r.Requests {
		text += "\n" + e.text()
	}
	return text
}

// Note returns what the endpoint did, and what that does not show.
func (r Result) Note() string {
	if r.EffectUnseen {
		return r.Actual + "; " + EffectUnseen
	}
	return r.Actual
}

// EffectUnseen is said of rules that passed by their responses alone.
const EffectUnseen = "the effect was not looked at"

// text returns a request, its response and the command that repeats it, each on a line.
func (e Exchange) text() string {
	text := e.Actual
	if e.Label != "" {
		text = e.Label + ": " + text
	}
	if e.Response != "" {
		text += "\n" + e.Response
	}
	if e.Repeat != "" {
		text += "\n$ " + e.Repeat
	}
	return text
}

// WriteJSON writes the outcome as one JSON object.
func (o Outcome) WriteJSON(w io.Writer) error { return report.EncodeJSON(w, o.document()) }

// Page returns the outcome as an HTML page.
func (o Outcome) Page() report.Page {
	p := report.Page{
		Report: o.Report(), Title: strings.TrimSuffix("Audit of "+o.URL, " of "), Subject: o.URL, Byline: "Audited by apizee-hooks",
		Start: o.Start, Duration: o.Took, Score: o.document().Score,
	}
	if o.Complete {
		p.Note = Formula
	}
	switch {
	case o.Problem != "":
		p.Stopped = "The audit did not start: " + o.Problem
	case !o.Complete:
		p.Stopped = "The audit was stopped early."
	case o.Crash != "":
		p.Stopped = "Crash: " + o.Crash
	}
	return p
}
