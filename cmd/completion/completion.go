// Package completion is the command that prints the completion script for a shell.
package completion

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// shells are those that completions can be written for.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// New makes the command.
func New(app *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a completion script for a shell",
		Long: "Print a script that lets a shell complete commands, flags and their values: objects,\n" +
			"states, templates, profiles. Load it in the shell's startup file. bash needs the\n" +
			"package bash-completion.\n\n" +
			cli.ListRows("Commands to load it",
				cli.Row{Term: "bash", Text: "source <(apizee-hooks completion bash)"},
				cli.Row{Term: "zsh", Text: "source <(apizee-hooks completion zsh)"},
				cli.Row{Term: "fish", Text: "apizee-hooks completion fish | source"},
				cli.Row{Term: "powershell", Text: "apizee-hooks completion powershell | Out-String | Invoke-Expression"},
			),
		Example: cli.Example(`
			# Complete in this bash
			source <(apizee-hooks completion bash)
			# Complete in every fish
			apizee-hooks completion fish > ~/.config/fish/completions/apizee-hooks.fish`),
		Args:              cli.OneOf("a shell", shells()),
		ValidArgsFunction: cli.FirstArg(cli.Words(shells())),
		RunE: func(c *cobra.Command, args []string) error {
			return write(app.Stdout, c.Root(), args[0])
		},
	}
}

// writeFish keeps the script of the library from taking the completion of a --flag=value for an option of fish.
func writeFish(w io.Writer, root *cobra.Command) error {
	var script strings.Builder
	if err := root.GenFishCompletion(&script, true); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.Replace(script.String(), `string split --max 1 \t`, `string split --max 1 -- \t`, 1))
	return err
}

// write writes the script for one of the shells.
func write(w io.Writer, root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return writeFish(w, root)
	}
	return root.GenPowerShellCompletionWithDesc(w)
}
