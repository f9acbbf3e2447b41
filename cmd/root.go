package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/cmd/audit"
	"github.com/apizee-hooks/apizee-hooks/cmd/completion"
	"github.com/apizee-hooks/apizee-hooks/cmd/config"
	"github.com/apizee-hooks/apizee-hooks/cmd/events"
	"github.com/apizee-hooks/apizee-hooks/cmd/generate"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/listen"
	"github.com/apizee-hooks/apizee-hooks/cmd/load"
	"github.com/apizee-hooks/apizee-hooks/cmd/replay"
	"github.com/apizee-hooks/apizee-hooks/cmd/run"
	"github.com/apizee-hooks/apizee-hooks/cmd/schema"
	"github.com/apizee-hooks/apizee-hooks/cmd/templates"
	"github.com/apizee-hooks/apizee-hooks/cmd/validate"
	"github.com/apizee-hooks/apizee-hooks/cmd/version"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Run runs one command line and returns the exit code of the process.
func Run(ctx context.Context, system cli.System, args []string) int {
	stdout := console.NewOutput(system.Stdout)
	system.Stdout = stdout
	a := &cli.App{System: system}
	root := newRootCmd(a, subcommandIn(args))
	root.SetArgs(args)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		describePlainly(root)
	}
	err := root.ExecuteContext(ctx)
	if lost := stdout.Err(); lost != nil && !errors.Is(err, lost) {
		err = cli.OutputLost(err, lost)
	}
	if err != nil {
		a.Report(a.Stderr, err)
	}
	return cli.ExitCode(err)
}

// Root is the tree of commands, for what is made from it: man pages, tables.
func Root(system cli.System) *cobra.Command { return newRootCmd(&cli.App{System: system}, "") }

// subcommand is one that can be made.
type subcommand struct {
	name, group string
	make        func(*cli.App) *cobra.Command
}

// subcommands are all there are, in the order of their groups.
func subcommands() []subcommand {
	return []subcommand{
		{"send", "events", flat(newSendCmd)},
		{"listen", "events", listen.New},
		{"run", "events", run.New},
		{"replay", "events", replay.New},
		{"load", "strain", load.New},
		{"audit", "strain", audit.New},
		{"generate", "strain", generate.New},
		{"events", "contract", events.New},
		{"schema", "contract", schema.New},
		{"validate", "contract", validate.New},
		{"templates", "setup", templates.New},
		{"config", "setup", config.New},
		{"completion", "setup", completion.New},
		{"version", "setup", version.New},
	}
}

// flat makes a command that has no package of its own yet.
func flat(newCmd func(*app) *cobra.Command) func(*cli.App) *cobra.Command {
	return func(a *cli.App) *cobra.Command { return newCmd(&app{a}) }
}

// subcommandIn is the one that a command line begins with, or "".
func subcommandIn(args []string) string {
	for _, c := range subcommands() {
		if len(args) > 0 && args[0] == c.name {
			return c.name
		}
	}
	return ""
}

// newRootCmd makes the program with only one of its subcommands, or with all for "". To
// make them all takes as long as to deliver an event.
func newRootCmd(a *cli.App, only string) *cobra.Command {
	root := &cobra.Command{
		Use:   cli.Program + " <command>",
		Short: "Call your webhook endpoint the way Apizee would",
		Long: `apizee-hooks builds the webhook events that Apizee documents and sends them to
the endpoint you are writing, shows the ones that arrive, and plays sequences
of them in CI.`,
		Example: cli.Example(`
			# Call an endpoint on this machine
			apizee-hooks send ticket update --state invited --to http://localhost:3000/apizeehooks/

			# No endpoint yet? Watch what arrives
			apizee-hooks listen`),
		Version:           a.Build.OrBuildInfo().Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              cli.NoSuchCommand,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return cmp.Or(missingValue(c), checkGlobals(a)) },
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(badFlag)
	root.SetUsageFunc(a.Usage)
	root.SetHelpFunc(a.Help)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	addGlobalFlags(a, root)

	root.AddGroup(
		&cobra.Group{ID: "events", Title: "Send and receive"},
		&cobra.Group{ID: "strain", Title: "Find what breaks your endpoint"},
		&cobra.Group{ID: "contract", Title: "What is documented"},
		&cobra.Group{ID: "setup", Title: "Set up"},
	)
	root.SetHelpCommandGroupID("setup")
	for _, sub := range subcommands() {
		if only == "" || only == sub.name {
			c := sub.make(a)
			c.GroupID = sub.group
			root.AddCommand(c)
		}
	}
	completeHelp(root)
	return root
}

// completeHelp gives cobra's command help an example, and makes it refuse what is no
// command, of which it would show the help of all commands.
func completeHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Example = "  " + cli.Program + " help send"
			c.Args = func(_ *cobra.Command, words []string) error {
				found, unknown, err := root.Find(words)
				if err != nil {
					return err
				}
				return cli.NoSuchCommand(found, unknown)
			}
		}
	}
}

func addGlobalFlags(a *cli.App, root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&a.Config, "config", "", "read this configuration `FILE`")
	f.StringVar(&a.Profile, "profile", "", "use this profile `NAME` of the configuration")
	cli.EnumFlag(root, f, &a.Color, "color", "", string(console.Auto), console.Modes(), "colour the output")
	f.BoolVarP(&a.Quiet, "quiet", "q", false, "print errors only")
	f.BoolVarP(&a.Verbose, "verbose", "v", false, "print more about each request")
	f.BoolVar(&a.ShowSecrets, "show-secrets", false, "print secrets as they are, not as ****")
	// Declared here, since cobra would add its own with other words.
	f.BoolP("help", "h", false, "show help for a command")
	root.Flags().Bool("version", false, "print the version")
	f.VisitAll(func(flag *pflag.Flag) { cli.GroupFlags(f, cli.GlobalFlags, flag.Name) })
	cli.Complete(root, "profile", a.CompleteProfiles)
	cli.CompleteFiles(root, "config", "yaml", "yml")
}

// checkGlobals refuses what no command can make sense of.
func checkGlobals(a *cli.App) error {
	if a.Quiet && a.Verbose {
		return cli.Usage(errors.New("--quiet and --verbose contradict each other"), "give one of them.")
	}
	return nil
}

// missingValue refuses a flag that took the flag behind it for its value, as --state does in
// "--state -t localhost:3000".
func missingValue(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if value := f.Value.String(); isFlag(c.Flags(), value) && err == nil {
			err = cli.Usage(fmt.Errorf("--%s needs a value, and %s is a flag", f.Name, value), "`"+c.CommandPath()+" --help` lists the flags.")
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

// badFlag says what is wrong with a flag, and names the nearest one.
func badFlag(c *cobra.Command, err error) error {
	hint := fmt.Sprintf("`%s --help` lists the flags.", c.CommandPath())
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return cli.Usage(badValue(invalid), hint)
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		return cli.Usage(fmt.Errorf("--%s needs a value", missing.GetFlag().Name), hint)
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
	if unknown.GetSpecifiedShortnames() != "" {
		return cli.Usage(fmt.Errorf("there is no flag -%s", unknown.GetSpecifiedName()), hint)
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	name := unknown.GetSpecifiedName()
	near := apizee.Nearest(name, names)
	if near != "" {
		near = "--" + near
	}
	return cli.Usage(fmt.Errorf("there is no flag --%s%s", name, apizee.Suggest(near)), hint)
}

// badValue names the flag and its value, unless the reason names the value itself.
func badValue(invalid *pflag.InvalidValueError) error {
	reason := wanted(invalid)
	if strings.Contains(reason, strconv.Quote(invalid.GetValue())) {
		return fmt.Errorf("--%s: %s", invalid.GetFlag().Name, reason)
	}
	return fmt.Errorf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), reason)
}

// wanted says what a flag takes, in other words than the parser's.
func wanted(invalid *pflag.InvalidValueError) string {
	switch invalid.GetFlag().Value.Type() {
	case "int", "int64":
		return "it takes a whole number"
	case "uint64":
		return "it takes a whole number from 0 up"
	case "float64":
		return "it takes a number"
	case "duration":
		return "it takes a duration such as 500ms, 10s or 2m"
	case "bool":
		return "it takes true or false"
	}
	return errors.Unwrap(invalid).Error()
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
