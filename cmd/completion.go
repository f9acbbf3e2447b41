package cmd

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// shells are those that completions can be written for.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func newCompletionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script for a shell",
		Long: `Print a script that makes a shell complete commands, flags and their values:
objects, states, templates, profiles.

Load it where the shell starts:

  bash         source <(apizee-hooks completion bash)
  zsh          source <(apizee-hooks completion zsh)
  fish         apizee-hooks completion fish | source
  powershell   apizee-hooks completion powershell | Out-String | Invoke-Expression

bash needs its package bash-completion for it.`,
		Example: cli.Example(`
			# Complete in this bash, now
			source <(apizee-hooks completion bash)

			# Complete in every fish from now on
			apizee-hooks completion fish > ~/.config/fish/completions/apizee-hooks.fish`),
		Args:              cli.OneOf("a shell", shells()),
		ValidArgsFunction: cli.FirstArg(cli.Words(shells())),
		RunE: func(c *cobra.Command, args []string) error {
			return writeCompletion(a.Stdout, c.Root(), args[0])
		},
	}
}

// describePlainly takes the marks out of the descriptions of flags, which shells show as
// they are. In a help they tell what a flag takes.
func describePlainly(c *cobra.Command) {
	plain := func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) }
	c.Flags().VisitAll(plain)
	c.PersistentFlags().VisitAll(plain)
	for _, sub := range c.Commands() {
		describePlainly(sub)
	}
}

// writeCompletion writes the script for one of the shells.
func writeCompletion(w io.Writer, root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	}
	return root.GenPowerShellCompletionWithDesc(w)
}
