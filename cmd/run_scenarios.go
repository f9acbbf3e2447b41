package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// scenarioExts are the endings of scenario files, the usual one first.
func scenarioExts() []string { return []string{".yaml", ".yml"} }

// isScenarioPath tells a file from a name.
func isScenarioPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || slices.Contains(scenarioExts(), filepath.Ext(name))
}

// scenarioLayer is a folder in which scenarios are found by name.
type scenarioLayer struct {
	name  string // for messages
	files fs.FS
}

func (a *app) scenarioLayers() []scenarioLayer {
	dirs := []string{filepath.Join(cli.OwnFolder, "scenarios")}
	if dir := a.UserDir(); dir != "" {
		dirs = append(dirs, filepath.Join(dir, "scenarios"))
	}
	var layers []scenarioLayer
	for _, dir := range dirs {
		layers = append(layers, scenarioLayer{dir, os.DirFS(dir)})
	}
	return append(layers, scenarioLayer{"built in", a.embedded("scenarios")})
}

// parseScenarios reads all scenarios and reports the mistakes of all of them.
func (a *app) parseScenarios(names, typed []string, c config.Config) ([]*scenario.Scenario, error) {
	vars, err := parseVars(typed)
	if err != nil {
		return nil, err
	}
	library := a.library(c, a.Now())
	options := scenario.ParseOptions{
		Catalog:   a.Catalog,
		LookupEnv: a.LookupEnv, Vars: vars,
		Template: func(name string) (payload.Template, error) { return a.parseTemplate(library, name) },
	}
	var all []*scenario.Scenario
	var problems scenario.Problems
	for _, name := range names {
		file, text, err := a.readScenario(name)
		if err != nil {
			return nil, err
		}
		s, err := scenario.Parse(file, text, options)
		var found scenario.Problems
		switch {
		case errors.As(err, &found):
			problems = append(problems, found...)
		case err != nil:
			return nil, err
		default:
			all = append(all, s)
		}
	}
	if len(problems) > 0 {
		return nil, cli.Usage(problems, "nothing was sent. `apizee-hooks schema scenario` describes every key.")
	}
	return all, errors.Join(sameName(all), unusedVars(all, vars))
}

// parseVars reads the values of --var.
func parseVars(typed []string) (map[string]any, error) {
	vars := map[string]any{}
	for _, v := range typed {
		name, value, err := payload.ParseVar(v)
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("--var: %w", err), "")
		}
		vars[name] = value
	}
	return vars, nil
}

// isTemplate says whether a name is that of an event's template.
func (a *app) isTemplate(name string) bool {
	library, err := a.configuredLibrary()
	if err != nil {
		return false
	}
	_, err = library.Find(name)
	return err == nil
}

// readScenario reads a file, or finds a name.
func (a *app) readScenario(name string) (file string, text []byte, err error) {
	if isScenarioPath(name) {
		text, err := readAtMost(os.DirFS(filepath.Dir(name)), filepath.Base(name))
		if err != nil {
			return "", nil, cli.Usage(fmt.Errorf("%s: %w", name, bare(err)), "a name without a slash and without .yaml is looked for among the scenarios.")
		}
		return name, text, nil
	}
	for _, layer := range a.scenarioLayers() {
		for _, ext := range scenarioExts() {
			text, err := readAtMost(layer.files, name+ext)
			switch {
			case err == nil:
				return filepath.Join(layer.name, name+ext), text, nil
			case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
				return "", nil, cli.Usage(fmt.Errorf("%s: %w", filepath.Join(layer.name, name+ext), bare(err)), "")
			}
		}
	}
	hint := "there are " + cli.List(a.scenarioNames(), "and") + "; a file of your own needs its path."
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		hint = "to play the file of that name, write ./" + name + "."
	} else if a.isTemplate(name) {
		hint = "it is the template of an event: `" + cli.Program + " send --template " + name + "` sends it."
	}
	return "", nil, cli.Usage(fmt.Errorf("there is no scenario %q%s", name, apizee.DidYouMean(name, a.scenarioNames())), hint)
}

// bare leaves out the path of a file error, which the message has already.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// readAtMost reads one byte more than a scenario may have, which says so itself.
func readAtMost(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, scenario.MaxFile+1))
}

// sameName refuses scenarios that a report could not tell apart.
func sameName(all []*scenario.Scenario) error {
	files := map[string]string{}
	for _, s := range all {
		if other, twice := files[s.Name]; twice {
			return cli.Usage(fmt.Errorf("%s and %s are both named %q", other, s.File, s.Name),
				"give one of them another name; --repeat runs a scenario several times.")
		}
		files[s.Name] = s.File
	}
	return nil
}

// unusedVars refuses a value that no scenario has a variable for.
func unusedVars(all []*scenario.Scenario, vars map[string]any) error {
	var known []string
	for _, s := range all {
		known = append(known, s.Vars()...)
	}
	for name := range vars {
		if !slices.Contains(known, name) {
			hint := "the scenario declares no variables."
			if len(known) > 0 {
				slices.Sort(known)
				hint = "there are " + cli.List(slices.Compact(known), "and") + "."
			}
			return cli.Usage(fmt.Errorf("--var: no scenario has a variable %q%s", name, apizee.DidYouMean(name, known)), hint)
		}
	}
	return nil
}

// scenarioNames are the names that can be run.
func (a *app) scenarioNames() []string {
	var names []string
	for _, layer := range a.scenarioLayers() {
		entries, err := fs.ReadDir(layer.files, ".")
		if err != nil {
			continue // a folder that does not exist has none
		}
		for _, e := range entries {
			ext := filepath.Ext(e.Name())
			if slices.Contains(scenarioExts(), ext) && !e.IsDir() {
				names = append(names, strings.TrimSuffix(e.Name(), ext))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// scenarioGroup is the heading of scenarios in a list of templates.
const scenarioGroup = "scenario"

// scenarioInfos describe the scenarios that can be run by name.
func (a *app) scenarioInfos() ([]payload.Info, error) {
	var infos []payload.Info
	for _, name := range a.scenarioNames() {
		file, text, err := a.readScenario(name)
		if err != nil {
			return nil, err
		}
		infos = append(infos, payload.Info{
			Name: name, Group: scenarioGroup, Description: scenario.Description(text), Source: filepath.Dir(file),
		})
	}
	return infos, nil
}

// completeScenarios completes names, and files after a slash.
func (a *app) completeScenarios(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if strings.ContainsAny(word, `/\`) {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return a.scenarioNames(), cobra.ShellCompDirectiveDefault
}
