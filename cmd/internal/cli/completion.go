package cli

import (
	"github.com/spf13/cobra"
)

// Completer completes a word.
type Completer = func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// Complete names the completer of a flag that exists.
func Complete(c *cobra.Command, flag string, f Completer) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // a flag that was not declared, which any test shows
	}
}

// Words completes one of a few words.
func Words(words []string) Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// Nothing completes nothing, not even files.
func Nothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// CompleteFiles has a flag completed with files of these endings.
func CompleteFiles(c *cobra.Command, flag string, endings ...string) {
	Complete(c, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	})
}

// FirstArg completes the only argument of a command.
func FirstArg(f Completer) Completer {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return Nothing(c, args, word)
		}
		return f(c, args, word)
	}
}
