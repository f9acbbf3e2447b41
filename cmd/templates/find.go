package templates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// foundFile is a template or a scenario.
type foundFile struct {
	dir  string // among the project's own
	name string
	text []byte
}

// find returns the template or the scenario of a name. If both exist it is the template, unless
// scenario is set.
func find(ctx context.Context, app *cli.App, name string, scenario bool) (foundFile, error) {
	if scenario {
		return findScenario(ctx, app, name)
	}
	names := app.ScenarioNames()
	isScenario := slices.Contains(names, name)
	loaded, err := app.Load(ctx, nil)
	if err != nil {
		return foundFile{}, err
	}
	found, err := app.EventTemplates(loaded.Config).Find(ctx, name)
	switch {
	case err == nil && isScenario:
		app.Note(fmt.Sprintf("a scenario is named %q too; --scenario selects it.", name))
		fallthrough
	case err == nil:
		return foundFile{"templates", filepath.Base(found.Path), found.Text}, nil
	case isScenario:
		return findScenario(ctx, app, name)
	}
	var missing *library.NotFoundError
	if !errors.As(err, &missing) {
		return foundFile{}, cli.Usage(err, "")
	}
	if missing.Nearest == "" {
		missing.Nearest = apizee.Nearest(name, names)
	}
	return foundFile{}, cli.Usage(err, listHint)
}

// scenarios is the directory of scenarios.
const scenarios = "scenarios"

func findScenario(ctx context.Context, app *cli.App, name string) (foundFile, error) {
	found, err := app.FindScenario(ctx, name)
	return foundFile{scenarios, filepath.Base(found.Path), found.Text}, err
}

func show(ctx context.Context, app *cli.App, name string, scenario bool) error {
	found, err := find(ctx, app, name, scenario)
	if err != nil {
		return err
	}
	text := found.text
	if console.IsTerminal(app.Stdout) {
		text = console.SafeText(text)
	}
	_, err = app.Stdout.Write(text)
	return err
}

// copyTo copies a file to a directory, "" for the project's own.
func copyTo(ctx context.Context, app *cli.App, name string, scenario bool, dir string) error {
	found, err := find(ctx, app, name, scenario)
	if err != nil {
		return err
	}
	if dir == "" {
		dir = filepath.Join(cli.ProjectDir, found.dir)
	}
	path := filepath.Join(dir, found.name)
	isScenario := found.dir == scenarios
	if isScenario && !bytes.Contains(found.text, []byte(yamlfile.Modeline)) {
		found.text = append([]byte(yamlfile.Modeline+parse.SchemaFile+"\n"), found.text...)
	}
	if err := writeNew(path, found.text); err != nil {
		return err
	}
	if isScenario {
		if err := app.WriteSchema(path, parse.SchemaFile, parse.JSONSchema(app.Catalog)); err != nil {
			return err
		}
	}
	switch {
	case app.JSON:
		return app.PrintJSON(cli.PathJSON{Path: path})
	case !app.Quiet:
		fmt.Fprintf(app.Stdout, "Wrote %s\n", console.Safe(path))
	}
	return nil
}

// writeNew writes a file that does not exist, and the directories it is in.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cli.Usage(fmt.Errorf("create the directory: %w", err), "use a writable directory.")
	}
	switch err := textfile.Create(path, text, 0o644); {
	case errors.Is(err, fs.ErrExist):
		return cli.Usage(fmt.Errorf("%s already exists", path), "edit it, remove it, or use another directory.")
	case err != nil:
		return cli.Usage(err, "use another directory.")
	}
	return nil
}
