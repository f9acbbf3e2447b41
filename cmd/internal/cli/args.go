package cli

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// AtMost accepts up to n arguments, which names describes in the error.
func AtMost(n int, names string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := NotValues(c, args); err != nil {
			return err
		}
		if len(args) <= n {
			return nil
		}
		hint := "quote an argument that contains spaces."
		if n == 0 && !hasText(c.Flags()) {
			hint = fmt.Sprintf("run `%s --help` to list the flags.", c.CommandPath())
		}
		return Usage(fmt.Errorf("unexpected argument %q: `%s` accepts %s", args[n], c.CommandPath(), names), hint)
	}
}

// hasText reports whether a flag was given a text, whose rest may have become arguments for lack of quotes.
func hasText(flags *pflag.FlagSet) (has bool) {
	flags.Visit(func(f *pflag.Flag) {
		has = has || strings.HasPrefix(f.Value.Type(), "string") && f.NoOptDefVal == ""
	})
	return has
}

// NotValues rejects an argument that is meant as the value of a flag: a URL or an address, or a
// value that is optional and must therefore follow an equals sign.
func NotValues(c *cobra.Command, args []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.NoOptDefVal == "" || f.Value.String() != f.NoOptDefVal {
			return
		}
		if i := slices.IndexFunc(args, func(word string) bool { return takes(f.Value, word) }); i >= 0 {
			err = Usage(fmt.Errorf("--%s must be joined with its value by an equals sign", f.Name), fmt.Sprintf("write --%s=%s.", f.Name, args[i]))
		}
	})
	if err != nil {
		return err
	}
	for _, word := range args {
		flag, what := flagOf(c.Flags(), word)
		if flag == "" {
			continue
		}
		hint := fmt.Sprintf("write --%s before %s.", flag, what)
		if c.Flags().Changed(flag) {
			hint = fmt.Sprintf("remove it; --%s is %s.", flag, what)
		}
		return Usage(fmt.Errorf("unexpected argument %q", word), hint)
	}
	return nil
}

// flagOf returns the flag that a URL or an address is the value of, and what it is; "" for other words.
func flagOf(flags *pflag.FlagSet, word string) (name, what string) {
	const endpoint = "the URL of the endpoint"
	_, notPort := strconv.ParseUint(word, 10, 16)
	switch {
	case flags.Lookup("to") != nil && isURL(word):
		return "to", endpoint
	case flags.Lookup("forward-to") == nil:
		return "", ""
	case strings.Contains(word, "://"):
		return "forward-to", endpoint
	case notPort == nil || isURL(word):
		return "addr", "the address"
	}
	return "", ""
}

// isURL reports whether a word is a URL, which may lack its scheme, as localhost:3000/hooks and localhost/hooks.
// A file may have such a name, as capture-12:30.
func isURL(word string) bool {
	if strings.Contains(word, "://") {
		return true
	}
	if _, err := os.Stat(word); err == nil {
		return false
	}
	authority, _, _ := strings.Cut(word, "/")
	_, port, _ := net.SplitHostPort(authority)
	_, noPort := strconv.ParseUint(port, 10, 16)
	return noPort == nil || authority == "localhost" || net.ParseIP(authority) != nil
}

// takes reports whether a word is a valid value of a flag that says so.
func takes(value pflag.Value, word string) bool {
	optional, is := value.(interface{ Takes(string) bool })
	return is && optional.Takes(word)
}

// UnknownObject is the error about an object that Apizee does not document. The suggestion may be empty; the
// hint ends with more.
func UnknownObject(c *apizee.Catalog, name, suggestion, more string) error {
	return Usage(fmt.Errorf("%q is not a documented object%s", name, apizee.Suggest(cmp.Or(suggestion, c.NearestObject(name)))),
		"Apizee documents "+List(c.DocumentedNames(), "and")+", and in part "+List(c.PartlyDocumentedNames(), "and")+more)
}

// OneOf accepts exactly one argument, which must be one of words; what describes it.
func OneOf(what string, words []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return Usage(fmt.Errorf("`%s` requires %s", c.CommandPath(), what), "use "+List(words, "or")+".")
		case !slices.Contains(words, args[0]):
			return Usage(fmt.Errorf("%q is not %s%s", args[0], what, apizee.DidYouMean(args[0], words)), "use "+List(words, "or")+".")
		}
		return AtMost(1, what)(c, args)
	}
}

// NotAfterDashes rejects the name of a subcommand after --, which ends the flags and with them the search for
// subcommands.
func NotAfterDashes(c *cobra.Command, args []string) error {
	if c.ArgsLenAtDash() != 0 || len(args) == 0 {
		return nil
	}
	return Usage(fmt.Errorf("unexpected -- before %q", args[0]), "remove it.")
}

// NoSuchCommand rejects an argument that is not the name of a subcommand.
func NoSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if err := NotAfterDashes(c, args); err != nil {
		return err
	}
	if !c.HasAvailableSubCommands() {
		return Usage(fmt.Errorf("%s has no command %q", strings.TrimPrefix(c.CommandPath(), Program+" "), args[0]), fmt.Sprintf("run `%s --help`.", c.CommandPath()))
	}
	if topic, _, err := c.Find([]string{HelpCommand, args[0]}); err == nil && topic.Name() == args[0] {
		return Usage(fmt.Errorf("unknown command %q", args[0]), fmt.Sprintf("run `%s` for the topic of that name.", topic.CommandPath()))
	}
	return Usage(fmt.Errorf("unknown command %q%s", args[0], apizee.Suggest(MeantCommand(c, args[0]))),
		fmt.Sprintf("run `%s --help` to list the commands.", c.CommandPath()))
}

// MeantCommand returns the subcommand that a word is another name of or resembles, or is the name of a
// subcommand of, as in "send ticket". It is "" if there is none, or several.
func MeantCommand(c *cobra.Command, word string) string {
	var names, inner []string
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if slices.Contains(sub.SuggestFor, word) {
			return sub.Name()
		}
		names = append(names, sub.Name())
		for _, own := range sub.Commands() {
			if own.Name() == word {
				inner = append(inner, sub.Name()+" "+word)
			}
		}
	}
	if len(inner) != 1 {
		inner = []string{""}
	}
	return cmp.Or(apizee.Nearest(word, names), inner[0])
}

// Needs requires one argument and accepts up to most, which what describes. The hint says
// where to find one.
func Needs(what string, most int, hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return Usage(fmt.Errorf("`%s` requires %s", c.CommandPath(), what), hint)
		}
		return AtMost(most, what)(c, args)
	}
}
