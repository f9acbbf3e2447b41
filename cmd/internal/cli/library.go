package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// BuiltIn is the source of the files that are embedded in the program.
const BuiltIn = "built in"

// EventTemplates returns the event templates: those in the configured directory, the
// project's, the user's, and the built-in ones.
func (a *App) EventTemplates(c config.Config) library.Library {
	l := library.Library{Kind: "template", Exts: []string{".json"}, Max: payload.MaxTemplate}
	if c.Templates != "" {
		l.Layers = append(l.Layers, library.Layer{Name: c.Templates, FS: os.DirFS(c.Templates), Named: true})
	}
	l.Layers = append(l.Layers, a.layers("templates", "events")...)
	return l
}

// Scenarios returns the scenarios: the project's, the user's, and the built-in ones.
func (a *App) Scenarios() library.Library {
	return library.Library{
		Kind: "scenario", Exts: []string{".yaml", ".yml"}, Max: parse.MaxFile, Layers: a.layers("scenarios", "scenarios"),
	}
}

func (a *App) layers(dir, embedded string) []library.Layer {
	dirs := []string{filepath.Join(ProjectDir, dir)}
	if user := a.UserDir(); user != "" {
		dirs = append(dirs, filepath.Join(user, dir))
	}
	var layers []library.Layer
	for _, dir := range dirs {
		layers = append(layers, library.Layer{Name: dir, FS: os.DirFS(dir)})
	}
	sub, err := fs.Sub(a.Templates, embedded)
	if err != nil {
		panic(err) // the name is not a valid path, which any test finds
	}
	return append(layers, library.Layer{Name: BuiltIn, FS: sub})
}

// ScenarioNames returns the names of the scenarios in the directories that can be read.
func (a *App) ScenarioNames() []string {
	names, _ := a.Scenarios().Names()
	return names
}

// ParseTemplate finds a template by its name, or reads it from a file, and parses it.
func (a *App) ParseTemplate(ctx context.Context, c config.Config, name string) (payload.Template, error) {
	templates := a.EventTemplates(c)
	if templates.IsPath(name) {
		found, err := templates.Open(ctx, name)
		if err != nil {
			return payload.Template{}, missingFile(err, "check the path; to use a template by its name, omit the slash and .json.")
		}
		t, err := payload.Parse(name, string(found.Text))
		return t, asUsage(err)
	}
	found, err := templates.Find(ctx, name)
	if err != nil {
		hint := ""
		if errors.As(err, new(*library.NotFoundError)) {
			hint = "run `" + Program + " templates list` to list them, or use the path of a file."
		}
		return payload.Template{}, Usage(err, hint)
	}
	t, err := payload.Parse(found.Path, string(found.Text))
	t.Name = found.Name
	return t, asUsage(err)
}

// missingFile adds a hint to an error, if any, about a file that does not exist.
func missingFile(err error, hint string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return Usage(err, hint)
	}
	return asUsage(err)
}

func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return Usage(err, "")
}

// FindScenario finds a scenario by its name, or reads it from a file.
func (a *App) FindScenario(ctx context.Context, name string) (library.File, error) {
	scenarios := a.Scenarios()
	if scenarios.IsPath(name) {
		found, err := scenarios.Open(ctx, name)
		return found, missingFile(err, "check the path; to run a scenario by its name, omit the slash and .yaml.")
	}
	found, err := scenarios.Find(ctx, name)
	var missing *library.NotFoundError
	if !errors.As(err, &missing) {
		return found, asUsage(err)
	}
	return found, Usage(err, a.scenarioHint(ctx, name))
}

// scenarioHint returns the next step for a name that no scenario has.
func (a *App) scenarioHint(ctx context.Context, name string) string {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		return "write ./" + name + " to run the file of that name."
	}
	if loaded, err := a.Load(ctx, nil); err == nil {
		if _, err := a.ParseTemplate(ctx, loaded.Config, name); err == nil {
			return "run `" + Program + " send --template " + name + "` to send the template of that name."
		}
	}
	return "use " + List(a.ScenarioNames(), "or") + ", or the path of a file."
}

// CompleteTemplates completes the names of templates, or files after a slash.
func (a *App) CompleteTemplates(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if a.EventTemplates(config.Config{}).IsPath(word) {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	loaded, err := a.Load(cmd.Context(), nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	files, err := a.EventTemplates(loaded.Config).List(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	words := make([]string, len(files))
	for i, f := range files {
		words[i] = f.Name + "\t" + payload.Describe(string(f.Text))
	}
	slices.Sort(words)
	return words, cobra.ShellCompDirectiveNoFileComp
}

// ParseVars reads the values of --var.
func ParseVars(typed []string) (map[string]any, error) {
	vars := map[string]any{}
	for _, v := range typed {
		name, value, err := payload.ParseVar(v)
		if err != nil {
			return nil, Usage(fmt.Errorf("--var: %w", err), "")
		}
		if _, twice := vars[name]; twice {
			return nil, Usage(fmt.Errorf("--var: %s is given twice", name), "remove one of them.")
		}
		vars[name] = value
	}
	return vars, nil
}
