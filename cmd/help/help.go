// Package help is the command that describes commands and topics.
package help

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// New makes the command, with a command of its own for each topic. Topics that list what the
// commands have read it from root.
func New(app *cli.App, root *cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use:   cli.HelpCommand + " [command|topic]",
		Short: "Describe a command or a topic",
		Example: cli.Example(`
			apizee-hooks help send
			apizee-hooks help faults`),
		Args:              func(c *cobra.Command, words []string) error { return known(root, c, words) },
		ValidArgsFunction: completeCommands(root),
		RunE: func(_ *cobra.Command, words []string) error {
			found, _, err := root.Find(words)
			if err != nil {
				return err
			}
			return found.Help()
		},
	}
	for _, t := range topics(app, root) {
		c.AddCommand(&cobra.Command{
			Use: t.name, Short: t.short, Long: t.text, Example: t.example,
			Args: cli.AtMost(0, "no arguments"),
			RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		})
	}
	return c
}

// known refuses arguments that are neither a command nor a topic.
func known(root, help *cobra.Command, words []string) error {
	found, unknown, err := root.Find(words)
	if err != nil || found != root || len(unknown) == 0 {
		return cmp.Or(err, cli.NoSuchCommand(found, unknown))
	}
	var names []string
	for _, topic := range help.Commands() {
		names = append(names, topic.Name())
	}
	meant := cmp.Or(apizee.Nearest(unknown[0], names), cli.MeantCommand(root, unknown[0]))
	return cli.Usage(fmt.Errorf("unknown command or help topic %q%s", unknown[0], apizee.Suggest(meant)),
		"run `"+cli.Program+" help` to list them.")
}

// completeCommands completes the words of a command. Those of topics are completed as
// subcommands.
func completeCommands(root *cobra.Command) cli.Completer {
	return func(_ *cobra.Command, words []string, _ string) ([]string, cobra.ShellCompDirective) {
		found, unknown, err := root.Find(words)
		if err != nil || len(unknown) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, sub := range found.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name()+"\t"+sub.Short)
			}
		}
		slices.Sort(names)
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
