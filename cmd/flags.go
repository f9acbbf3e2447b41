package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// addGlobalFlags adds the flags of every command.
func addGlobalFlags(a *cli.App, root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&a.Config, "config", "", "configuration file")
	f.StringVar(&a.Profile, "profile", "", "profile of the configuration file")
	cli.EnumFlag(root, f, &a.Color, "color", "", string(console.Auto), console.Modes(), "when to color the output")
	f.BoolVarP(&a.Quiet, "quiet", "q", false, "print only errors, JSON and the inspector's URL")
	f.BoolVarP(&a.Verbose, "verbose", "v", false, "print more about each request")
	f.BoolVar(&a.ShowSecrets, "show-secrets", false, "show secrets instead of ****, also in recordings and reports")
	// Declared here, since cobra would add its own with other words.
	f.BoolP("help", "h", false, "show help")
	root.Flags().Bool("version", false, "print the version") // of the root alone
	cli.GroupFlags(root.Flags(), cli.GlobalFlags, "version")
	cli.NameArgument(f, "FILE", "config")
	cli.NameArgument(f, "NAME", "profile")
	f.VisitAll(func(flag *pflag.Flag) { cli.GroupFlags(f, cli.GlobalFlags, flag.Name) })
	cli.Complete(root, "profile", completeProfiles(a))
	cli.CompleteFiles(root, "config", "yaml", "yml")
}

// completeProfiles completes the profiles of the configuration file.
func completeProfiles(app *cli.App) cli.Completer {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		loaded, err := app.Load(c.Context(), nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return loaded.Profiles, cobra.ShellCompDirectiveNoFileComp
	}
}

// checkGlobals rejects global flags that exclude each other.
func checkGlobals(a *cli.App) error {
	if a.Quiet && a.Verbose {
		return cli.Usage(errors.New("--quiet cannot be used with --verbose"), "use one of them.")
	}
	return nil
}

// watchFlags makes all flags of a command and its subcommands reject an empty value, which is
// what an unset shell variable expands to, a second value where only one counts, and, before the
// arguments are checked, another flag as the value.
func watchFlags(a *cli.App, c *cobra.Command) {
	watch := func(f *pflag.Flag) {
		if f.Value.Type() == "bool" {
			return
		}
		w := watched{Value: f.Value, flag: f}
		if list, isList := f.Value.(cobra.SliceValue); isList {
			f.Value = watchedList{w, list}
			return
		}
		f.Value = w
	}
	c.Flags().VisitAll(watch)
	c.PersistentFlags().VisitAll(watch)
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, words []string) error {
			return cmp.Or(missingValue(c, a.Args), check(c, words))
		}
	}
	for _, sub := range c.Commands() {
		watchFlags(a, sub)
	}
}

// watched is the value of a flag that can be set once.
type watched struct {
	pflag.Value
	flag *pflag.Flag
}

func (w watched) Set(text string) error {
	if w.flag.Changed {
		return mistake{"is given twice", "remove one of them."}
	}
	return w.set(text)
}

func (w watched) set(text string) error {
	if text == "" && !cli.TakesEmpty(w.flag) {
		return mistake{"is empty", "omit the flag or set a value; an unset shell variable is empty."}
	}
	return w.Value.Set(text)
}

// Takes is what cli.NotValues calls.
func (w watched) Takes(word string) bool {
	optional, is := w.Value.(interface{ Takes(string) bool })
	return is && optional.Takes(word)
}

// watchedList is the value of a flag that may be repeated.
type watchedList struct {
	watched
	cobra.SliceValue
}

func (w watchedList) Set(text string) error { return w.set(text) }

// mistake is an error in how a flag is given, whatever its value means.
type mistake struct{ what, hint string }

func (m mistake) Error() string { return m.what }

// missingValue rejects a flag whose value is the next flag, such as --state in
// "--state -t localhost:3000". One that is joined with its value by an equals sign means it.
func missingValue(c *cobra.Command, args []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		if isFlag(c.Flags(), value) && !slices.Contains(args, "--"+f.Name+"="+value) && err == nil {
			err = cli.Usage(fmt.Errorf("--%s requires a value, but %s is a flag", f.Name, value), flagsHint(c))
		}
	})
	return err
}

func isFlag(flags *pflag.FlagSet, word string) bool {
	if name, isLong := strings.CutPrefix(word, "--"); isLong {
		return flags.Lookup(name) != nil
	}
	name, isShort := strings.CutPrefix(word, "-")
	return isShort && len(name) == 1 && flags.ShorthandLookup(name) != nil
}

// badFlag returns the error for a flag, with the nearest name if it is unknown.
func badFlag(c *cobra.Command, err error) error {
	hint := flagsHint(c)
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		var m mistake
		if errors.As(err, &m) {
			return cli.Usage(fmt.Errorf("--%s %w", invalid.GetFlag().Name, m), m.hint)
		}
		return cli.Usage(badValue(invalid), hint)
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		return cli.Usage(fmt.Errorf("--%s requires a value", missing.GetFlag().Name), hint)
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return cli.Usage(err, hint)
	}
	// A flag of a subcommand is unknown where the subcommand's name is mistyped.
	if c.HasSubCommands() && c.Args != nil {
		if err := c.Args(c, c.Flags().Args()); err != nil {
			return err
		}
	}
	name, dashes := unknown.GetSpecifiedName(), "--"
	if unknown.GetSpecifiedShortnames() != "" {
		dashes = "-"
	}
	near := nearestFlag(c.Flags(), name)
	if near != "" {
		near = "--" + near
	}
	return cli.Usage(fmt.Errorf("unknown flag %s%s%s", dashes, name, apizee.Suggest(near)), hint)
}

// namesElsewhere returns the names that a flag has in other programs, such as curl.
func namesElsewhere(flag string) []string {
	switch flag {
	case "addr":
		return []string{"bind", "host", "p", "port"}
	case "count":
		return []string{"limit", "n", "number", "times"}
	case "data":
		return []string{"body", "d", "data-raw", "payload"}
	case "header":
		return []string{"headers", "secret", "token"}
	case "insecure":
		return []string{"k"}
	case "lat":
		return []string{"latitude"}
	case "lng":
		return []string{"lon", "longitude"}
	case "output":
		return []string{"format", "json"}
	case "to":
		return []string{"endpoint", "host", "port", "target", "u", "url"}
	}
	return nil
}

// nearestFlag returns the flag that is meant by an unknown one, or "".
func nearestFlag(flags *pflag.FlagSet, unknown string) string {
	var names []string
	elsewhere := ""
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
		if slices.Contains(namesElsewhere(f.Name), unknown) && elsewhere == "" {
			elsewhere = f.Name
		}
	})
	if len(unknown) == 1 {
		return elsewhere
	}
	near := apizee.Nearest(unknown, names)
	if strings.HasPrefix(near, unknown+"-") { // such as --secret for --secret-header
		return near
	}
	return cmp.Or(elsewhere, near)
}

func flagsHint(c *cobra.Command) string {
	return fmt.Sprintf("run `%s --help` to list the flags.", c.CommandPath())
}

// badValue returns an error with the flag and its value, unless the reason contains the value.
func badValue(invalid *pflag.InvalidValueError) error {
	reason := wanted(invalid)
	if strings.Contains(reason, strconv.Quote(invalid.GetValue())) {
		return fmt.Errorf("--%s: %s", invalid.GetFlag().Name, reason)
	}
	return fmt.Errorf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), reason)
}

// wanted says what the value of a flag must be, rather than how its parser failed.
func wanted(invalid *pflag.InvalidValueError) string {
	switch invalid.GetFlag().Value.Type() {
	case "int", "int64":
		return "must be an integer"
	case "float64":
		return "must be a number"
	case "duration":
		return "must be a duration such as 500ms, 10s or 2m"
	case "bool":
		return "must be true or false"
	}
	return errors.Unwrap(invalid).Error()
}
