package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// library is where templates of events are looked for.
func (a *app) library(c config.Config, at time.Time) payload.Library {
	var layers []payload.Layer
	for _, dir := range a.TemplateDirs(c) {
		layers = append(layers, payload.Layer{Name: dir, FS: os.DirFS(dir), Dir: dir})
	}
	next := int64(0)
	return payload.Library{
		Catalog: a.Catalog,
		Layers:  append(layers, payload.Layer{Name: "built in", FS: a.embedded("events"), Dir: "built in"}),
		Sources: payload.Sources{
			Now:    func() time.Time { return at },
			Random: a.Random,
			Next:   func() int64 { next++; return next },
		},
	}
}

// embedded is a folder of the embedded templates.
func (a *app) embedded(folder string) fs.FS {
	sub, err := fs.Sub(a.Templates, folder)
	if err != nil {
		panic(err) // the folder's name is no path, which any test shows
	}
	return sub
}

// configuredLibrary is the library with the configured folder in it.
func (a *app) configuredLibrary() (payload.Library, error) {
	loaded, err := a.Load(nil)
	if err != nil {
		return payload.Library{}, err
	}
	return a.library(loaded.Config, a.Now()), nil
}

// foundFile is a template or a scenario as it was written, and the name of its
// file.
type foundFile struct {
	folder string // among the project's own
	name   string
	text   []byte
}

// findTemplate finds the template of an event, or a scenario. Where both have the name it
// is the template, unless the scenario is asked for.
func (a *app) findTemplate(name string, scenario bool) (foundFile, error) {
	if scenario {
		return a.findScenario(name)
	}
	isScenario := slices.Contains(a.scenarioNames(), name)
	library, err := a.configuredLibrary()
	if err != nil {
		return foundFile{}, err
	}
	t, err := library.Find(name)
	switch {
	case err == nil && isScenario:
		a.Note(fmt.Sprintf("there is a scenario %q too; --scenario takes it.", name))
		fallthrough
	case err == nil:
		return foundFile{"templates", name + ".json", []byte(t.Text)}, nil
	case isScenario:
		return a.findScenario(name)
	}
	var missing *payload.NotFoundError
	if near := apizee.Nearest(name, a.scenarioNames()); errors.As(err, &missing) && missing.Nearest == "" {
		missing.Nearest = near
	}
	return foundFile{}, notFound(err)
}

func (a *app) findScenario(name string) (foundFile, error) {
	file, text, err := a.readScenario(name)
	return foundFile{"scenarios", filepath.Base(file), text}, err
}

func notFound(err error) error {
	var missing *payload.NotFoundError
	if errors.As(err, &missing) {
		return cli.Usage(err, "`apizee-hooks templates list` shows what there is; a file of your own needs its path.")
	}
	return cli.Usage(err, "")
}

func (a *app) copyTemplate(found foundFile, dir string) error {
	if dir == "" {
		dir = filepath.Join(cli.OwnFolder, found.folder)
	}
	path := filepath.Join(dir, found.name)
	if err := writeNew(path, found.text); err != nil {
		return err
	}
	if !a.Quiet {
		fmt.Fprintf(a.Stdout, "Wrote %s\n", console.Safe(path))
	}
	return nil
}

// writeNew writes a file that is not there yet, and the folders it is in.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cli.Usage(fmt.Errorf("make the folder: %w", err), "name a folder that can be written to.")
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return cli.Usage(fmt.Errorf("%s exists already; it is left as it is", path), "edit it, remove it, or name another folder.")
	}
	if err != nil {
		return cli.Usage(err, "name a folder that can be written to.")
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return cli.Usage(err, "")
	}
	return nil
}
