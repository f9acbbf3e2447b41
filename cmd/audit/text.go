package audit

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/audit"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// printRules lists the rules, or explains one.
func printRules(app *cli.App, name string) error {
	p := app.Out()
	if name != allRules {
		r, err := audit.LookupRule(app.Catalog, name)
		if err != nil {
			return badRule(err)
		}
		if app.JSON {
			return app.PrintJSON([]audit.Rule{r})
		}
		fmt.Fprintf(app.Stdout, "%s  %s\n\n%s\n\nExpected: %s.\n", p.Object(r.Name), p.Strong(r.Title), r.Why, r.Expected)
		return nil
	}
	if app.JSON {
		return app.PrintJSON(audit.Rules(app.Catalog))
	}
	var rows [][]console.Cell
	group := ""
	for _, r := range audit.Rules(app.Catalog) {
		if r.Group != group {
			group = r.Group
			rows = append(rows, nil, console.Cells(p.Strong, console.Capitalize(group)))
		}
		rows = append(rows, []console.Cell{{Text: "  " + r.Name, Paint: p.Object}, {Text: r.Title}})
	}
	_, err := console.Table{Rows: rows[1:], Width: app.Width()}.WriteTo(app.Stdout)
	return err
}

// printer prints the results of an audit.
type printer struct {
	app     *cli.App
	palette console.Palette
	group   string
	reason  string              // why the last rule was skipped
	unknown []string            // why rules were not judged
	without map[string][]string // the names of these rules
}

func (p *printer) result(r audit.Result) {
	if p.app.NoText() {
		return
	}
	if r.Status == audit.NotJudged { // often all that are left, for one reason
		if p.without[r.Actual] == nil {
			p.unknown = append(p.unknown, r.Actual)
		}
		p.without[r.Actual] = append(p.without[r.Actual], r.Name)
		return
	}
	palette, out := p.palette, p.app.Text()
	if r.Status != audit.Skipped {
		p.reason = ""
	}
	if r.Group != p.group {
		p.reason = ""
		if p.group != "" {
			fmt.Fprintln(out)
		}
		p.group = r.Group
		fmt.Fprintln(out, palette.Strong(console.Capitalize(r.Group)))
	}
	name, gap := r.Name, "  "
	if r.Took > 0 {
		name += gap + console.Duration(r.Took)
	}
	if width := p.app.Width(); width > 0 && console.Columns("  ✗ "+r.Title+gap+name) > width {
		gap = "\n" + indent
	}
	fmt.Fprintf(out, "  %s %s%s%s\n", p.mark(r.Status), r.Title, gap, palette.Dim(name))
	switch r.Change() {
	case audit.Worse:
		p.detail("worse than the baseline: "+r.WasBefore(), palette.Finding)
	case audit.Better:
		p.detail("better than the baseline: "+r.WasBefore(), palette.OK)
	}
	switch {
	case r.Status == audit.Skipped:
		if r.Actual != p.reason { // once for those that follow each other
			p.detail("skipped: "+console.Safe(r.Actual), palette.Dim)
		}
		p.reason = r.Actual
		return
	case r.Status == audit.Passed && !p.app.Verbose:
		if r.EffectUnseen {
			p.detail(audit.EffectUnseen, palette.Dim)
		}
		return
	}
	p.detail("expected  "+r.Expected, nil)
	p.detail("actual    "+console.Safe(r.Note()), nil)
	p.detail(r.Why, palette.Dim)
	p.evidence(r.Requests)
}

// evidence prints a response, and the command that sends its request again. A command stays on one
// line, to be copied.
func (p *printer) evidence(requests []audit.Exchange) {
	for _, e := range requests[:min(1, len(requests))] { // the reports have the others
		for i, line := range console.SafeLines(e.Response) {
			word := "          "
			if i == 0 {
				word = "response  "
			}
			p.detail(word+line, nil)
		}
		if e.Repeat != "" {
			fmt.Fprintf(p.app.Text(), "%s%s\n", indent, p.palette.Dim("$ "+e.Repeat))
		}
	}
}

// indent precedes the details of a rule.
const indent = "      "

// detail prints a line below a rule; a paint of nil leaves it plain.
func (p *printer) detail(text string, paint func(string) string) {
	for _, line := range p.app.Fit(text, len(indent)) {
		if paint != nil {
			line = paint(line)
		}
		fmt.Fprintf(p.app.Text(), "%s%s\n", indent, line)
	}
}

func (p *printer) mark(s audit.Status) string {
	switch s {
	case audit.Passed:
		return p.palette.OK("✓")
	case audit.Warned:
		return p.palette.Warning("!")
	case audit.Failed:
		return p.palette.Finding("✗")
	}
	return p.palette.Dim("-")
}

// begin says what the audit is about to do.
func (p *printer) begin(plan audit.Plan, url string) {
	if p.app.NoText() {
		return
	}
	text := fmt.Sprintf("Up to %s to %s: creates %s, updates %d, deletes %d, with IDs from %d to %d. At the end it deletes what is left.",
		console.Plural(plan.Events, "request"), url, console.Plural(plan.Created, "object"), plan.Updated, plan.Deleted, plan.First, plan.Last)
	for _, line := range p.app.Fit(text, 0) {
		fmt.Fprintln(p.app.Text(), p.palette.Dim(line))
	}
	fmt.Fprintln(p.app.Text())
}

// waiting says what the audit waits for before it begins.
func (p *printer) waiting(what string) {
	if !p.app.NoText() {
		fmt.Fprintf(p.app.Text(), "%s\n\n", p.palette.Dim(console.Safe(what)))
	}
}

func (p *printer) end(o audit.Outcome) {
	if !p.app.NoText() {
		p.summary(o)
	}
	switch {
	case o.Left > 0 && !o.Complete:
		p.app.Note(console.Plural(o.Left, "object") + " of the audit not deleted.")
	case o.Left > 0:
		p.app.Note(console.Plural(o.Left, "object") + " of the audit not deleted: the endpoint did not accept every delete.")
	case o.Deleted > 0 && p.app.Verbose:
		p.app.Note(console.Plural(o.Deleted, "object") + " deleted.")
	}
}

func (p *printer) summary(o audit.Outcome) {
	for i, why := range p.unknown {
		if i == 0 {
			fmt.Fprintf(p.app.Text(), "\n%s\n", p.palette.Strong("Not judged"))
		}
		fmt.Fprintf(p.app.Text(), "  %s %s\n", p.mark(audit.NotJudged), console.Safe(why))
		p.detail(strings.Join(p.without[why], ", "), p.palette.Dim)
	}
	fmt.Fprintf(p.app.Text(), "\n%s\n", p.palette.Strong(o.Summary()))
	better, worse := len(o.Changed(audit.Better)), len(o.Changed(audit.Worse))
	if same := len(o.Changed(audit.Same)); better+worse+same > 0 {
		fmt.Fprintf(p.app.Text(), "compared with the baseline: %d worse, %d better, %d same\n", worse, better, same)
	}
}
