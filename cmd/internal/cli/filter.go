package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// FilterFlag adds the --filter flag of a command that shows or sends some events.
func FilterFlag(c *cobra.Command, catalog *apizee.Catalog, value *[]string) {
	c.Flags().StringArrayVar(value, "filter", nil, "only matching events (see 'help filters'); repeatable")
	NameArgument(c.Flags(), "KEY=VALUE[,VALUE]", "filter")
	Complete(c, "filter", completeFilter(catalog))
}

// ParseFilter reads the values of --filter.
func ParseFilter(catalog *apizee.Catalog, expressions []string) (apizee.Filter, error) {
	filter, err := catalog.ParseFilter(expressions)
	if err != nil {
		return filter, Usage(err, "write a filter such as object=ticket, event!=delete or props.state=invited,closed.")
	}
	return filter, nil
}

// completeFilter completes the key of a filter, then its values.
func completeFilter(catalog *apizee.Catalog) Completer {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		const noSpace = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		var words []string
		key, _, found := strings.Cut(word, "=")
		if !found {
			for _, k := range catalog.FilterKeys() {
				words = append(words, k+"=")
			}
			return words, noSpace
		}
		before := word[:strings.LastIndexAny(word, "=,")+1]
		for _, value := range catalog.FilterValues(strings.TrimSuffix(key, "!")) {
			words = append(words, before+value)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}
