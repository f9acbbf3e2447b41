package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// AtMost takes up to n arguments, which names says in words for the error.
func AtMost(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := NotJoined(c, args); err != nil {
			return err
		}
		if len(args) <= n {
			return nil
		}
		return Usage(fmt.Errorf("%q is one argument too many: `%s` takes %s", args[n], c.CommandPath(), names),
			"quote an argument that holds spaces.")
	}
}

// NotJoined refuses an argument that is meant as the value of a flag which can do
// without one, and so takes it only after an equals sign.
func NotJoined(c *cobra.Command, args []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		optional, is := f.Value.(interface{ Takes(string) bool })
		if !is || f.NoOptDefVal == "" || f.Value.String() != f.NoOptDefVal {
			return
		}
		if i := slices.IndexFunc(args, optional.Takes); i >= 0 {
			err = Usage(fmt.Errorf("%q is not taken as the value of --%s", args[i], f.Name), fmt.Sprintf("join the two: --%s=%s.", f.Name, args[i]))
		}
	})
	return err
}

// OneOf takes exactly one argument, which is one of words; what says what they
// are.
func OneOf(what string, words []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return Usage(fmt.Errorf("`%s` needs %s", c.CommandPath(), what), "it is "+List(words, "or")+".")
		case !slices.Contains(words, args[0]):
			return Usage(fmt.Errorf("%q is not %s%s", args[0], what, apizee.DidYouMean(args[0], words)), "it is "+List(words, "or")+".")
		}
		return AtMost(1, what)(c, args)
	}
}

// NoSuchCommand refuses words after the program's name that are no command.
func NoSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return Usage(fmt.Errorf("there is no command %q%s", args[0], apizee.DidYouMean(args[0], names)),
		fmt.Sprintf("`%s --help` lists the commands.", c.CommandPath()))
}

// Needs takes one argument at least and most at most, which what names. The hint says where
// to find one.
func Needs(what string, most int, hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return Usage(fmt.Errorf("`%s` needs %s", c.CommandPath(), what), hint)
		}
		return AtMost(most, what)(c, args)
	}
}
