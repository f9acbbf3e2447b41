package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// FilterFlag adds the --filter flag of a command that shows or sends some events.
func (a *App) FilterFlag(c *cobra.Command, value *[]string) {
	c.Flags().StringArrayVar(value, "filter", nil, "only events with `KEY=VALUE[,VALUE]`, such as object=ticket; != negates; repeat for and")
	Complete(c, "filter", a.completeFilter)
}

func (a *App) ParseFilter(expressions []string) (apizee.Filter, error) {
	filter, err := a.Catalog.ParseFilter(expressions)
	if err != nil {
		return filter, Usage(err, "write it as object=ticket, event!=delete or props.state=invited,closed.")
	}
	return filter, nil
}

// completeFilter completes the key of a filter, then its value.
func (a *App) completeFilter(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	const noSpace = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	var words []string
	key, _, found := strings.Cut(word, "=")
	if !found {
		for _, k := range a.Catalog.FilterKeys() {
			words = append(words, k+"=")
		}
		return words, noSpace
	}
	for _, value := range a.Catalog.FilterValues(strings.TrimSuffix(key, "!")) {
		words = append(words, key+"="+value)
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}
