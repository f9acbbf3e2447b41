package cmd

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// renderTemplate makes the event of a template, which is named or a file.
func (a *app) renderTemplate(name string, typed []string, c config.Config, at time.Time) ([]byte, error) {
	library := a.library(c, at)
	t, err := a.parseTemplate(library, name)
	if err != nil {
		return nil, a.meantScenario(name, err)
	}
	vars := payload.Vars{}
	for _, v := range typed {
		name, value, err := payload.ParseVar(v)
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("--var: %w", err), "")
		}
		vars[name] = value
	}
	if err := t.Unused(vars); err != nil {
		return nil, cli.Usage(err, "`apizee-hooks templates show` prints the template.")
	}
	body, err := library.Render(t, vars)
	if err != nil {
		return nil, cli.Usage(err, "")
	}
	return body, nil
}

// meantScenario tells whoever looks for a template of an event by a scenario's name.
func (a *app) meantScenario(name string, err error) error {
	var missing *payload.NotFoundError
	if !errors.As(err, &missing) || !slices.Contains(a.scenarioNames(), name) {
		return err
	}
	return cli.Usage(fmt.Errorf("%q is a scenario, not the template of an event", name), "`"+cli.Program+" run "+name+"` plays it.")
}

func (a *app) parseTemplate(library payload.Library, name string) (payload.Template, error) {
	if !payload.IsPath(name) {
		t, err := library.Find(name)
		if err != nil {
			return t, notFound(err)
		}
		return t, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return payload.Template{}, cli.Usage(err, "a name without a slash and without .json is looked for among the templates.")
	}
	t, err := payload.Parse(name, string(text))
	if err != nil {
		return t, cli.Usage(err, "")
	}
	return t, nil
}

func (a *app) completeTemplates(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if payload.IsPath(word) {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	library, err := a.configuredLibrary()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	infos, err := library.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	words := make([]string, len(infos))
	for i, info := range infos {
		words[i] = info.Name + "\t" + info.Description
	}
	slices.Sort(words)
	return words, cobra.ShellCompDirectiveNoFileComp
}

// completeAllTemplates completes templates of events and scenarios.
func (a *app) completeAllTemplates(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if scenario, _ := c.Flags().GetBool("scenario"); scenario {
		return a.scenarioNames(), cobra.ShellCompDirectiveNoFileComp
	}
	templates, _ := a.completeTemplates(c, args, word)
	return append(templates, a.scenarioNames()...), cobra.ShellCompDirectiveNoFileComp
}
