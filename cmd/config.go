package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

func newConfigCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "config [command]",
		Short: "Show or start the configuration",
		Long: `The configuration is ` + config.FileName + ` in the current folder, else in your
configuration folder. Flags win over environment variables (APIZEE_HOOKS_TO),
those over the chosen profile, and that over the rest of the file.`,
		Example: cli.Example(`
			# Where does each value come from?
			apizee-hooks config show

			# A commented file to start from
			apizee-hooks config init

			# The same with the profile "staging"
			apizee-hooks config show --profile staging`),
		Args: cli.NoSuchCommand,
		RunE: func(*cobra.Command, []string) error { return a.showConfig("text") },
	}
	c.AddCommand(newConfigShowCmd(a), newConfigInitCmd(a), newConfigPathCmd(a))
	return c
}

func newConfigShowCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:               "show",
		Short:             "Show each value and where it comes from",
		Example:           cli.Example("\n\t\t\tapizee-hooks config show\n\t\t\tapizee-hooks config show --profile staging -o json"),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(*cobra.Command, []string) error { return a.showConfig(output) },
	}
	cli.OutputFlag(c, c.Flags(), &output, []string{"text", "json"}, "")
	return c
}

// setting is one line of `config show`.
type setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

func (a *app) showConfig(output string) error {
	loaded, err := a.Load(nil)
	if err != nil {
		return err
	}
	var settings []setting
	for _, v := range loaded.Values() {
		value := v.Masked()
		if a.ShowSecrets {
			value = v.Value
		}
		settings = append(settings, setting{v.Key, value, v.Source})
	}
	if output == "json" {
		return a.PrintJSON(struct {
			File     string    `json:"file"`
			Profile  string    `json:"profile"`
			Settings []setting `json:"settings"`
		}{loaded.File, loaded.Profile, settings})
	}
	return a.printSettings(loaded, settings)
}

func (a *app) printSettings(loaded *config.Loaded, settings []setting) error {
	p := a.Out()
	file := "no configuration file; `apizee-hooks config init` writes one"
	if loaded.File != "" {
		file = console.Safe(loaded.File)
	}
	fmt.Fprintf(a.Stdout, "%s %s\n", p.Strong("File:"), file)
	if loaded.Profile != "" {
		fmt.Fprintf(a.Stdout, "%s %s\n", p.Strong("Profile:"), console.Safe(loaded.Profile))
	}
	fmt.Fprintln(a.Stdout)
	table := console.Table{Header: console.Cells(p.Strong, "KEY", "VALUE", "SOURCE"), Width: a.Width()}
	for _, s := range settings {
		table.Rows = append(table.Rows, []console.Cell{
			{Text: s.Key, Paint: p.Object}, {Text: s.Value}, {Text: s.Source, Paint: p.Dim},
		})
	}
	_, err := table.WriteTo(a.Stdout)
	return err
}

func newConfigInitCmd(a *app) *cobra.Command {
	var global bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration file to start from",
		Long: `Write ` + config.FileName + ` with every key, explained and commented out, in the current
folder, or the file that --config names. Only you can read it, and a file that is
there already is left as it is.`,
		Example: cli.Example(`
			apizee-hooks config init
			apizee-hooks config init --global`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(*cobra.Command, []string) error { return a.initConfig(global) },
	}
	c.Flags().BoolVar(&global, "global", false, "write it to your configuration folder, for all projects")
	return c
}

func (a *app) initConfig(global bool) error {
	path := cmp.Or(a.Config, config.FileName)
	switch {
	case global && a.Config != "":
		return cli.Usage(errors.New("--config and --global each say where the file goes"), "give one of them.")
	case global:
		if a.UserDir() == "" {
			return cli.Usage(errors.New("there is no configuration folder: HOME is not set"), "set HOME or XDG_CONFIG_HOME.")
		}
		path = filepath.Join(a.UserDir(), config.FileName)
	}
	err := config.Init(path)
	var exists *config.ExistsError
	if errors.As(err, &exists) {
		return cli.Usage(err, "edit it, or remove it first.")
	}
	if err != nil {
		return err
	}
	if !a.Quiet {
		command := "`apizee-hooks send ticket` needs"
		if a.Config != "" {
			command = "commands with this --config need"
		}
		fmt.Fprintf(a.Stdout, "Wrote %s. Set `to` in it, then %s no --to.\n", console.Safe(path), command)
	}
	return nil
}

func newConfigPathCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "path",
		Short:             "Print the path of the file that is read",
		Example:           cli.Example("\n\t\t\t$EDITOR \"$(apizee-hooks config path)\""),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE: func(*cobra.Command, []string) error {
			loaded, err := a.Load(nil)
			if err != nil {
				return err
			}
			if loaded.File == "" {
				fmt.Fprintln(a.Stderr, "no configuration file is read; `apizee-hooks config init` writes one")
				return cli.AnswerNo()
			}
			_, err = fmt.Fprintln(a.Stdout, loaded.File)
			return err
		},
	}
}
