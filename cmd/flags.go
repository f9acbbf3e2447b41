package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// enum is a flag that takes one of a few words: the check, the help and the
// completion come from one list.
type enum struct {
	value *string
	words []string
}

func (e enum) String() string {
	if e.value == nil {
		return ""
	}
	return *e.value
}

func (e enum) Type() string { return strings.Join(e.words, "|") }

func (e enum) Set(word string) error {
	if !slices.Contains(e.words, word) {
		return fmt.Errorf("it takes %s%s", list(e.words, "or"), apizee.DidYouMean(word, e.words))
	}
	*e.value = word
	return nil
}

// Takes says whether a word can be the value.
func (e enum) Takes(word string) bool { return slices.Contains(e.words, word) }

// enumFlag adds such a flag to f, the local or the persistent flags of c.
func enumFlag(c *cobra.Command, f *pflag.FlagSet, value *string, name, short, preset string, words []string, usage string) {
	*value = preset
	f.VarP(enum{value, words}, name, short, usage)
	complete(c, name, fixed(words))
}

// named is a text flag whose help names what the text is.
type named struct {
	value *string
	name  string
}

func (n named) String() string {
	if n.value == nil {
		return ""
	}
	return *n.value
}

func (n named) Type() string { return n.name }

func (n named) Set(text string) error {
	*n.value = text
	return nil
}

// outputFlag is the -o flag of a command.
func outputFlag(c *cobra.Command, value *string, words ...string) {
	enumFlag(c, c.Flags(), value, "output", "o", words[0], words, "print in this form")
}

// list is words in a sentence: "a, b or c".
func list(words []string, joint string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + joint + " " + words[last]
}

type completer = func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// complete names the completer of a flag that exists.
func complete(c *cobra.Command, flag string, f completer) {
	if err := c.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // a flag that was not declared, which any test shows
	}
}

// fixed completes one of a few words.
func fixed(words []string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// nothing completes nothing, not even files.
func nothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func completeFiles(c *cobra.Command, flag string, endings ...string) {
	complete(c, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	})
}

// firstArg completes the only argument of a command.
func firstArg(f completer) completer {
	return func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nothing(c, args, word)
		}
		return f(c, args, word)
	}
}

// atMost takes up to n arguments, which names says in words for the error.
func atMost(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := notJoined(c, args); err != nil {
			return err
		}
		if len(args) <= n {
			return nil
		}
		return usage(fmt.Errorf("%q is one argument too many: `%s` takes %s", args[n], c.CommandPath(), names),
			"quote an argument that holds spaces.")
	}
}

// notJoined refuses an argument that is meant as the value of a flag which can do
// without one, and so takes it only after an equals sign.
func notJoined(c *cobra.Command, args []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		optional, is := f.Value.(interface{ Takes(string) bool })
		if !is || f.NoOptDefVal == "" || f.Value.String() != f.NoOptDefVal {
			return
		}
		if i := slices.IndexFunc(args, optional.Takes); i >= 0 {
			err = usage(fmt.Errorf("%q is not taken as the value of --%s", args[i], f.Name), fmt.Sprintf("join the two: --%s=%s.", f.Name, args[i]))
		}
	})
	return err
}

// oneOf takes exactly one argument, which is one of words; what says what they
// are.
func oneOf(what string, words []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usage(fmt.Errorf("`%s` needs %s", c.CommandPath(), what), "it is "+list(words, "or")+".")
		case !slices.Contains(words, args[0]):
			return usage(fmt.Errorf("%q is not %s%s", args[0], what, apizee.DidYouMean(args[0], words)), "it is "+list(words, "or")+".")
		}
		return atMost(1, what)(c, args)
	}
}

func joinBar(words []string) string { return strings.Join(words, "|") }

// countVar adds a flag that takes a whole number from 1 up. Without the flag it is
// byDefault, which may be 0.
func countVar(f *pflag.FlagSet, n *int, name string, byDefault int, usage string) {
	*n = byDefault
	f.Var(countFlag{n}, name, usage)
}

type countFlag struct{ n *int }

func (f countFlag) String() string {
	if f.n == nil || *f.n == 0 {
		return ""
	}
	return strconv.Itoa(*f.n)
}

func (f countFlag) Type() string { return "N" }

func (f countFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return errors.New("it takes a whole number from 1 up")
	}
	*f.n = n
	return nil
}

var _ pflag.Value = countFlag{}
