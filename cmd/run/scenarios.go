package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
)

// parseScenarios reads all scenarios and reports the mistakes of all of them.
func parseScenarios(ctx context.Context, o *options, c config.Config) ([]*scenario.Scenario, error) {
	vars, err := cli.ParseVars(o.vars)
	if err != nil {
		return nil, err
	}
	options := parse.Options{
		Catalog:   o.Catalog,
		LookupEnv: o.LookupEnv, Vars: vars,
		Template: func(name string) (payload.Template, error) { return o.ParseTemplate(ctx, c, name) },
	}
	var all []*scenario.Scenario
	var problems parse.Problems
	for _, name := range o.scenarios {
		file, err := o.FindScenario(ctx, name)
		if err != nil {
			return nil, err
		}
		o.reports.Keep(file.Path)
		s, err := parse.File(file.Path, file.Text, options)
		var found parse.Problems
		switch {
		case ctx.Err() != nil: // a template could not be read for that
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
	if len(problems) > 0 {
		return nil, cli.Usage(problems, "nothing was sent. `apizee-hooks schema scenario` describes every key.")
	}
	return all, errors.Join(sameName(all), unusedVars(all, vars))
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
		known = append(known, s.VarNames()...)
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
