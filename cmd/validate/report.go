package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// results are those of the kinds of events, for reports: a file may have too many events for a case
// of each.
type results struct {
	kindOf func(event string) shape.Kind
	file   string
	kinds  map[shape.Kind]*kindResult
}

// kindResult is the result of the events of one kind.
type kindResult struct {
	events, invalid, warned int
	finding                 string // the first one of the worst severity
	line                    int    // of it
}

func newResults(c *apizee.Catalog, file string) *results {
	return &results{shape.KindOf(c), file, map[shape.Kind]*kindResult{}}
}

func (r *results) add(body string, event show.Checked) {
	kind := r.kindOf(body)
	k := r.kinds[kind]
	if k == nil {
		k = &kindResult{}
		r.kinds[kind] = k
	}
	k.events++
	worst := func(s apizee.Severity) bool {
		i := slices.IndexFunc(event.Report.Findings, func(f apizee.Finding) bool { return f.Severity == s })
		if i >= 0 && k.invalid == 0 && (s == apizee.Error || k.warned == 0) {
			f := event.Report.Findings[i]
			k.line, k.finding = event.LineOf(f), f.String()
		}
		return i >= 0
	}
	switch {
	case worst(apizee.Error):
		k.invalid++
	case worst(apizee.Warning):
		k.warned++
	}
}

// cases returns a case of each kind.
func (r *results) cases(strict bool) []report.Case {
	var cases []report.Case
	for kind, k := range r.kinds {
		c := report.Case{Name: kind.String(), File: r.file, Line: k.line, Status: report.Passed}
		switch {
		case k.invalid > 0:
			c.Status, c.Message = report.Failed, fmt.Sprintf("%d of %s invalid; the first: %s", k.invalid, console.Plural(k.events, "event"), k.finding)
		case k.warned > 0:
			c.Status, c.Message = warned(strict), fmt.Sprintf("%d of %s with warnings; the first: %s", k.warned, console.Plural(k.events, "event"), k.finding)
		}
		cases = append(cases, c)
	}
	slices.SortFunc(cases, func(x, y report.Case) int { return cmp.Compare(x.Name, y.Name) })
	return cases
}

// warned returns the status of a case with a warning.
func warned(strict bool) report.Status {
	if strict {
		return report.Failed
	}
	return report.Warned
}

// unfinished writes reports of a validation that did not come to the end, so that those of an earlier
// one are not taken for its own.
func (v *validation) unfinished(err error) error {
	// An error here matters less than the one that ended the validation.
	_ = v.report(cli.Unfinished("The validation", "to the end", err))
	return err
}

// report writes the reports and the annotations, with suites that are not of events.
func (v *validation) report(others ...report.Suite) error {
	if !v.reports.Any() && !v.github {
		return nil
	}
	now := v.Now()
	var all report.Report
	for _, r := range v.results {
		name := "Documentation"
		if len(v.results) > 1 {
			name += ": " + r.file
		}
		all.Suites = append(all.Suites, report.Suite{Name: name, File: r.file, Start: now, Cases: r.cases(v.strict)})
	}
	if v.sum.Drift != nil {
		all.Suites = append(all.Suites, report.Suite{Name: "Baseline " + v.drift.File, File: v.name, Start: now, Cases: v.driftCases()})
	}
	for _, suite := range others {
		suite.Start = now
		all.Suites = append(all.Suites, suite)
	}
	return v.WriteAll(&v.reports, all, v.github)
}

// driftCases returns a case of each drift, and of each kind without drift.
func (v *validation) driftCases() []report.Case {
	var cases []report.Case
	drifts := map[shape.Kind]bool{}
	for _, c := range v.sum.Drift.Changes() {
		drifts[c.Kind] = true
		message := fmt.Sprintf("%s; %d of %s, from line %d on", c.Message, c.Count, console.Plural(c.Of, "event"), c.Line)
		one := report.Case{Name: strings.TrimSpace(c.Kind.String()+" "+c.Path) + ": " + string(c.Rule), File: v.name, Line: c.Line, Status: report.Passed, Message: message}
		switch {
		case c.Severity == shape.Breaking:
			one.Status, one.Detail = report.Failed, c.Consequence()
		case c.Severity == shape.Warning:
			one.Status = warned(v.strict)
		case c.Few:
			one.Status = report.Skipped
		}
		cases = append(cases, one)
	}
	kinds, _ := v.sum.Drift.Kinds()
	for _, kind := range kinds {
		if !drifts[kind] {
			cases = append(cases, report.Case{Name: kind.String(), File: v.name, Status: report.Passed})
		}
	}
	return cases
}
