package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/audit"
	"github.com/apizee-hooks/apizee-hooks/cmd/completion"
	"github.com/apizee-hooks/apizee-hooks/cmd/config"
	"github.com/apizee-hooks/apizee-hooks/cmd/events"
	"github.com/apizee-hooks/apizee-hooks/cmd/generate"
	"github.com/apizee-hooks/apizee-hooks/cmd/help"
	"github.com/apizee-hooks/apizee-hooks/cmd/inspect"
	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/cmd/learn"
	"github.com/apizee-hooks/apizee-hooks/cmd/listen"
	"github.com/apizee-hooks/apizee-hooks/cmd/load"
	"github.com/apizee-hooks/apizee-hooks/cmd/replay"
	"github.com/apizee-hooks/apizee-hooks/cmd/run"
	"github.com/apizee-hooks/apizee-hooks/cmd/schema"
	"github.com/apizee-hooks/apizee-hooks/cmd/send"
	"github.com/apizee-hooks/apizee-hooks/cmd/templates"
	"github.com/apizee-hooks/apizee-hooks/cmd/validate"
	"github.com/apizee-hooks/apizee-hooks/cmd/version"
	"github.com/apizee-hooks/apizee-hooks/cmd/wait"
)

// Root returns the tree of commands, for what is generated from it, such as tables.
func Root(system System) *cobra.Command { return newRootCmd(&cli.App{System: system}, "") }

// Page is what there is to read about a command or a help topic, and Row an entry of a list
// in it.
type (
	Page = cli.Page
	Row  = cli.Row
)

// Pages returns the pages of all commands and help topics.
func Pages(system System) []Page {
	var pages []Page
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		pages = append(pages, cli.NewPage(c))
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(Root(system))
	return pages
}

// subcommand is a command that can be created.
type subcommand struct {
	name, group string
	make        func(*cli.App) *cobra.Command
	outputs     func() []cli.Output // nil if it has no -o json
}

// outputs returns what the commands print with -o json.
func outputs() []cli.Output {
	var all []cli.Output
	for _, c := range subcommands() {
		if c.outputs != nil {
			all = append(all, c.outputs()...)
		}
	}
	return append(all, cli.StderrOutput())
}

// subcommands returns all of them.
func subcommands() []subcommand {
	return []subcommand{
		{"send", "events", send.New, send.Outputs},
		{"listen", "events", listen.New, listen.Outputs},
		{"run", "test", run.New, run.Outputs},
		{"replay", "events", replay.New, replay.Outputs},
		{"inspect", "events", inspect.New, inspect.Outputs},
		{"learn", "test", learn.New, learn.Outputs},
		{"load", "test", load.New, load.Outputs},
		{"audit", "test", audit.New, audit.Outputs},
		{"generate", "test", generate.New, nil},
		{"events", "reference", events.New, events.Outputs},
		{"schema", "reference", func(a *cli.App) *cobra.Command { return schema.New(a, outputs()) }, nil},
		{"validate", "test", validate.New, validate.Outputs},
		{"wait", "test", wait.New, wait.Outputs},
		{"templates", "setup", templates.New, templates.Outputs},
		{"config", "setup", config.New, config.Outputs},
		{"completion", "setup", completion.New, nil},
		{"version", "setup", version.New, version.Outputs},
	}
}

// subcommandIn returns the subcommand that a command line begins with, or "".
func subcommandIn(args []string) string {
	for _, c := range subcommands() {
		if len(args) > 0 && args[0] == c.name {
			return c.name
		}
	}
	return ""
}

// newRootCmd creates the program with only one of its subcommands, or with all for "".
// Creating all takes as long as delivering an event.
func newRootCmd(a *cli.App, only string) *cobra.Command {
	root := &cobra.Command{
		Use:   cli.Program + " <command>",
		Short: "Test your webhook endpoint with Apizee's events",
		Long: `Send the webhook events that Apizee documents to your endpoint, inspect the events
that arrive, and run event scenarios in CI.`,
		Example: cli.Example(`
			# Receive and inspect events in one terminal ...
			apizee-hooks listen
			# ... and send one from another
			apizee-hooks send ticket update --state invited --to http://localhost:8279/`),
		Version:       a.Build.OrBuildInfo().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cli.NoSuchCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			a.JSON = cli.IsJSON(c)
			if a.Caught != nil {
				a.Caught()
			}
			return checkGlobals(a)
		},
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(badFlag)
	cli.SetHelp(root, a)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.DisableDefaultCmd = true
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	addGlobalFlags(a, root)

	root.AddGroup(
		&cobra.Group{ID: "events", Title: "Send and receive"},
		&cobra.Group{ID: "test", Title: "Test your endpoint"},
		&cobra.Group{ID: "reference", Title: "Reference"},
		&cobra.Group{ID: "setup", Title: "Setup"},
	)
	for _, sub := range subcommands() {
		if only == "" || only == sub.name {
			c := sub.make(a)
			c.GroupID = sub.group
			root.AddCommand(c)
		}
	}
	if only == "" {
		root.SetHelpCommand(help.New(a, root))
		root.SetHelpCommandGroupID("setup")
		root.InitDefaultHelpCmd()
	}
	if len(a.Args) == 0 || !strings.HasPrefix(a.Args[0], cobra.ShellCompRequestCmd) { // which sets each flag twice
		watchFlags(a, root)
	}
	return root
}
