package templates

import (
	"context"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// listedFile is an entry of the list.
type listedFile struct {
	Name        string `json:"name"`
	Group       string `json:"group" about:"the object with which a template's name begins, scenario, or empty"`
	Description string `json:"description"`
	Source      string `json:"source" about:"built-in, or where it was found"`
}

// scenarioGroup is the group of scenarios.
const scenarioGroup = "scenario"

func listed(ctx context.Context, app *cli.App) ([]listedFile, error) {
	loaded, err := app.Load(ctx, nil)
	if err != nil {
		return nil, err
	}
	library := app.EventTemplates(loaded.Config)
	templates, err := library.List(ctx)
	if err != nil {
		return nil, err
	}
	if absence := library.Absence(); absence != "" {
		app.Note(absence + ".")
	}
	scenarios, err := app.Scenarios().List(ctx)
	if err != nil {
		return nil, err
	}
	var files []listedFile
	for _, f := range templates {
		group, _, _ := strings.Cut(f.Name, "-")
		if _, ok := app.Catalog.LookupObject(group); !ok {
			group = ""
		}
		files = append(files, listedFile{f.Name, group, payload.Describe(string(f.Text)), f.Source})
	}
	for _, f := range scenarios {
		files = append(files, listedFile{f.Name, scenarioGroup, parse.Description(f.Text), f.Source})
	}
	return files, nil
}

func list(ctx context.Context, app *cli.App) error {
	files, err := listed(ctx, app)
	if err != nil {
		return err
	}
	if app.JSON {
		return app.PrintJSON(files)
	}
	p := app.Out()
	for i, group := range append(app.Catalog.ObjectNames(), "", scenarioGroup) {
		table := console.Table{Width: app.Width(), Wrap: true}
		for _, f := range files {
			if f.Group == group {
				table.Rows = append(table.Rows, row(p, f))
			}
		}
		if len(table.Rows) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(app.Stdout)
		}
		fmt.Fprintln(app.Stdout, p.Strong(title(app.Catalog, group)))
		if _, err := table.WriteTo(app.Stdout); err != nil {
			return err
		}
	}
	return nil
}

func title(catalog *apizee.Catalog, group string) string {
	if group == "" {
		return "Other"
	}
	name := console.Capitalize(group)
	if object, _ := catalog.LookupObject(group); object.PartlyDocumented {
		name += " (partly documented: " + object.Page + ")"
	}
	return name
}

func row(p console.Palette, f listedFile) []console.Cell {
	text := f.Description
	if f.Source != cli.BuiltIn {
		text = strings.TrimSpace(text + " (" + f.Source + ")")
	}
	return []console.Cell{{Text: "  " + f.Name, Paint: p.Object}, {Text: text}}
}
