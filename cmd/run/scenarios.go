package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// parseScenarios reads all scenarios. The error lists the problems of all of them.
func parseScenarios(ctx context.Context, o *options, c config.Config) ([]*scenario.Scenario, error) {
	vars, err := cli.ParseVars(o.vars)
	if err != nil {
		return nil, err
	}
	options := parse.Options{
		Catalog:   o.Catalog,
		LookupEnv: o.LookupEnv, Vars: vars,
		Template: func(name string) (payload.Template, error) {
			o.reports.Keep(name)
			return o.ParseTemplate(ctx, c, name)
		},
	}
	files, err := findScenarios(ctx, o)
	if err != nil {
		return nil, err
	}
	var all []*scenario.Scenario
	var problems parse.Problems
	for _, file := range files {
		o.reports.Keep(file.Path)
		s, err := parse.File(file.Path, file.Text, options)
		var found parse.Problems
		switch {
		case ctx.Err() != nil: // the reason why a template could not be read
			return nil, cli.Interrupted()
		case errors.As(err, &found):
			for _, p := range found {
				if p.Variable != "" {
					p.Message += fmt.Sprintf(", or with --var %s=VALUE", p.Variable)
				}
				problems = append(problems, p)
			}
		case err != nil:
			return nil, err
		default:
			all = append(all, s)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(problems) > 0:
		return nil, cli.Usage(problems, "nothing was sent. `apizee-hooks schema scenario` prints a description of all keys.")
	}
	return all, errors.Join(distinguish(all), unusedVars(all, vars))
}

// findScenarios reads the scenarios of the command line.
func findScenarios(ctx context.Context, o *options) ([]library.File, error) {
	var files []library.File
	for _, name := range o.scenarios {
		found, err := findEach(ctx, o, name)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	for i, f := range files {
		same := func(other library.File) bool { return filepath.Clean(other.Path) == filepath.Clean(f.Path) }
		if slices.ContainsFunc(files[:i], same) {
			return nil, cli.Usage(fmt.Errorf("duplicate scenario %s", f.Path), "use --repeat to run a scenario several times.")
		}
	}
	return files, nil
}

// findEach reads the scenarios of one argument: a name, a file, a directory, or - for standard
// input. A scenario of that name is preferred to a directory.
func findEach(ctx context.Context, o *options, name string) ([]library.File, error) {
	if name == "-" {
		text, err := textfile.ReadAll(ctx, o.Input(), parse.MaxFile)
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("standard input: %w", textfile.Reason(err)), "")
		}
		return []library.File{{Path: "stdin", Text: text}}, nil
	}
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() || slices.Contains(o.ScenarioNames(), name) {
		file, err := o.FindScenario(ctx, name)
		return []library.File{file}, err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, cli.Usage(err, "")
	}
	var files []library.File
	var unread []string // subdirectories
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		info, err := os.Stat(path) // of a link, what it leads to
		switch {
		case err == nil && info.IsDir():
			if found := o.findUnread(ctx, path); found != "" {
				unread = append(unread, found)
			}
		case isScenario(e.Name()):
			file, err := o.FindScenario(ctx, path)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	subdirectories := cli.List(unread, "and")
	switch {
	case len(files) == 0 && len(unread) > 0:
		return nil, cli.Usage(fmt.Errorf("no scenario in the directory %s", name), "subdirectories are not searched; name "+subdirectories+".")
	case len(files) == 0:
		return nil, cli.Usage(fmt.Errorf("no scenario in the directory %s", name), "name scenario files *.yaml or *.yml.")
	case len(unread) > 0:
		o.Note("subdirectories are not searched; name " + subdirectories + " to run the scenarios there, too.")
	}
	return files, nil
}

// isScenario reports whether a file is a scenario, by its name.
func isScenario(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return !strings.HasPrefix(name, ".") && (ext == ".yaml" || ext == ".yml")
}

// findUnread returns the first visible directory at or below a path that has a scenario and is no
// argument, or "".
func (o *options) findUnread(ctx context.Context, path string) (found string) {
	_ = fs.WalkDir(os.DirFS(path), ".", func(inner string, e fs.DirEntry, err error) error {
		dir := filepath.Join(path, inner)
		switch {
		case err != nil || !e.IsDir():
			return ctx.Err() // what cannot be read is not there
		case strings.HasPrefix(filepath.Base(dir), "."), o.names(dir):
			return fs.SkipDir
		}
		entries, _ := os.ReadDir(dir)
		if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !e.IsDir() && isScenario(e.Name()) }) {
			found = dir
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// names reports whether a path is an argument.
func (o *options) names(path string) bool {
	return slices.ContainsFunc(o.scenarios, func(name string) bool { return filepath.Clean(name) == path })
}

// distinguish names scenarios after their paths where file names are not unique. Names that the
// files set must be unique, since reports use them.
func distinguish(all []*scenario.Scenario) error {
	for _, ext := range []func(string) string{filepath.Ext, func(string) string { return "" }} {
		count := map[string]int{}
		for _, s := range all {
			count[s.Name]++
		}
		for _, s := range all {
			if path := filepath.ToSlash(filepath.Clean(s.File)); count[s.Name] > 1 && !s.Named {
				s.Name = strings.TrimSuffix(path, ext(path))
			}
		}
	}
	files := map[string]string{}
	for _, s := range all {
		if other, twice := files[s.Name]; twice {
			return cli.Usage(fmt.Errorf("%s and %s are both named %q", other, s.File, s.Name), "give one of them another name.")
		}
		files[s.Name] = s.File
	}
	return nil
}

// unusedVars returns an error about a variable that no scenario has.
func unusedVars(all []*scenario.Scenario, vars map[string]any) error {
	var known []string
	for _, s := range all {
		known = append(known, s.VarNames()...)
	}
	for name := range vars {
		if !slices.Contains(known, name) {
			hint := "remove it; the scenarios have no variables."
			if len(known) > 0 {
				slices.Sort(known)
				hint = "use " + cli.List(slices.Compact(known), "or") + "."
			}
			return cli.Usage(fmt.Errorf("--var: unknown variable %q%s", name, apizee.DidYouMean(name, known)), hint)
		}
	}
	return nil
}
