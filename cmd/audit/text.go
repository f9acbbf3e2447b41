package audit

import (
	"fmt"

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
		fmt.Fprintf(app.Stdout, "%s  %s\n\n%s\n\nExpected: %s.\n", p.Object(r.Name), p.Strong(r.Title), r.Why, r.Expected)
		return nil
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
}

func (p *printer) result(r audit.Result) {
	if p.app.Quiet {
		return
	}
	palette, out := p.palette, p.app.Text()
	if r.Group != p.group {
		if p.group != "" {
			fmt.Fprintln(out)
		}
		p.group = r.Group
		fmt.Fprintln(out, palette.Strong(console.Capitalize(r.Group)))
	}
	name, gap := r.Name, "  "
	if r.Status != audit.Skipped {
		name += gap + console.Duration(r.Took)
	}
	if width := p.app.Width(); width > 0 && console.Columns("  ✗ "+r.Title+gap+name) > width {
		gap = "\n" + indent
	}
	fmt.Fprintf(out, "  %s %s%s%s\n", p.mark(r.Status), r.Title, gap, palette.Dim(name))
	if r.Status == audit.Passed && !p.app.Verbose {
		return
	}
	if r.Status == audit.Skipped {
		p.detail("skipped: "+r.Actual, palette.Dim)
		return
	}
	if r.Took > 0 {
		p.detail("expected  "+r.Expected, nil)
	}
	p.detail("actual    "+console.Safe(r.Actual), nil)
	if r.Took > 0 {
		p.detail(r.Why, palette.Dim)
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

func (p *printer) end(o audit.Outcome) {
	if !p.app.Quiet {
		fmt.Fprintf(p.app.Text(), "\n%s\n", p.palette.Strong(o.Summary()))
	}
}
