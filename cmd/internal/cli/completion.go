package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// Completer returns the completions of a word.
type Completer = func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// Complete sets the completer of a flag, which must exist.
func Complete(c *cobra.Command, flag string, f Completer) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the flag is not declared, which any test finds
	}
}

// Words completes one of the words.
func Words(words []string) Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// InList completes the last word of a list with commas. Words after a comma have no descriptions, since cobra's
// script for bash does not match a word with both.
func InList(f Completer) Completer {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		start := strings.LastIndexByte(word, ',') + 1
		words, directive := f(c, args, word[start:])
		if start == 0 {
			return words, directive
		}
		lists := make([]string, len(words))
		for i, w := range words {
			name, _, _ := strings.Cut(w, "\t")
			lists[i] = word[:start] + name
		}
		return lists, directive
	}
}

// CompleteFiles completes a flag with files that have one of the extensions.
func CompleteFiles(c *cobra.Command, flag string, extensions ...string) {
	Complete(c, flag, Files(extensions...))
}

// Files completes files that have one of the extensions.
func Files(extensions ...string) Completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

// FirstArg completes the first argument of a command, and no other.
func FirstArg(f Completer) Completer {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(c, args, word)
	}
}
