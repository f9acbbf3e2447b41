package cmd

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// renderTemplate makes the event of a template, which is named or a file.
func (a *app) renderTemplate(name string, typed []string, c config.Config, at time.Time) ([]byte, error) {
	t, err := a.ParseTemplate(c, name)
	if err != nil {
		return nil, a.meantScenario(name, err)
	}
	vars, err := cli.ParseVars(typed)
	if err != nil {
		return nil, err
	}
	if err := t.Unused(vars); err != nil {
		return nil, cli.Usage(err, "`apizee-hooks templates show` prints the template.")
	}
	body, err := t.Render(vars, a.Sources(at))
	var missing *payload.MissingVarError
	if errors.As(err, &missing) {
		return nil, cli.Usage(errors.New(missing.Needs("--var "+missing.Name+"=…")), "")
	}
	if err != nil {
		return nil, cli.Usage(err, "")
	}
	return body, nil
}

// meantScenario tells whoever looks for a template of an event by a scenario's name.
func (a *app) meantScenario(name string, err error) error {
	var missing *library.NotFoundError
	if !errors.As(err, &missing) || !slices.Contains(a.ScenarioNames(), name) {
		return err
	}
	return cli.Usage(fmt.Errorf("%q is a scenario, not the template of an event", name), "`"+cli.Program+" run "+name+"` plays it.")
}
