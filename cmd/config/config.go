// Package config is the command that shows the configuration and starts one.
package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// New returns the command.
func New(app *cli.App) *cobra.Command {
	c := &cobra.Command{
		Use:   "config [command]",
		Short: "Show or create the configuration",
		Long: `The configuration file is ` + config.FileName + ` in the current directory, else in the user's
configuration directory (see 'help environment'). Flags override environment variables,
which override the selected profile, which overrides the rest of the file.`,
		Example: cli.Example(`
			# Show each value and its source
			apizee-hooks config show
			# Write a commented file to start with
			apizee-hooks config init
			# Show the values of the profile staging
			apizee-hooks config show --profile staging`),
		Args: cli.NoSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return show(c.Context(), app) },
	}
	c.AddCommand(newShow(app), newInit(app), newPath(app))
	return c
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{
		{Name: "config-show", About: "One object.", Types: []any{settingsJSON{}}},
		{Name: "config-init", About: "One object.", Types: []any{cli.PathJSON{}}},
		{Name: "config-path", About: "One object.", Types: []any{cli.PathJSON{}}},
	}
}

func newShow(app *cli.App) *cobra.Command {
	return cli.TextOrJSON("show", "Show each value and its source", `
			apizee-hooks config show
			apizee-hooks config show --profile staging -o json`,
		func(ctx context.Context) error { return show(ctx, app) })
}

// setting is one line of `config show`.
type setting struct {
	Key    string `json:"key"`
	Value  string `json:"value" about:"secrets are masked as ****"`
	Source string `json:"source" about:"where the value is set"`
}

type settingsJSON struct {
	File     string    `json:"file" about:"path of the configuration file; empty for none"`
	Profile  string    `json:"profile" about:"empty for none"`
	Settings []setting `json:"settings"`
}

func show(ctx context.Context, app *cli.App) error {
	loaded, err := app.Load(ctx, nil)
	if err != nil {
		return err
	}
	var settings []setting
	for _, v := range loaded.Values {
		value := v.Masked()
		if app.ShowSecrets {
			value = v.Value
		}
		settings = append(settings, setting{v.Key, value, v.Source})
	}
	if app.JSON {
		return app.PrintJSON(settingsJSON{loaded.File, loaded.Profile, settings})
	}
	return printSettings(app, loaded, settings)
}

func printSettings(app *cli.App, loaded *config.Loaded, settings []setting) error {
	p := app.Out()
	file := "no configuration file; run `apizee-hooks config init` to create one"
	if loaded.File != "" {
		file = console.Safe(loaded.File)
	}
	fmt.Fprintf(app.Stdout, "%s %s\n", p.Strong("File:"), file)
	if loaded.Profile != "" {
		fmt.Fprintf(app.Stdout, "%s %s\n", p.Strong("Profile:"), console.Safe(loaded.Profile))
	}
	fmt.Fprintln(app.Stdout)
	table := console.Table{Header: console.Cells(p.Strong, "KEY", "VALUE", "SOURCE"), Width: app.Width()}
	for _, s := range settings {
		table.Rows = append(table.Rows, []console.Cell{
			{Text: s.Key, Paint: p.Object}, {Text: s.Value}, {Text: s.Source, Paint: p.Dim},
		})
	}
	_, err := table.WriteTo(app.Stdout)
	return err
}

func newInit(app *cli.App) *cobra.Command {
	var global bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration file",
		Long: `Write ` + config.FileName + ` with every key, explained and commented out, to the current
directory, or to the file of --config. Only you can read it. An existing file is never
overwritten. Its first line names the schema that is written beside it, for editors.`,
		Example: cli.Example(`
			apizee-hooks config init
			apizee-hooks config init --global`),
		Args: cli.AtMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error { return initialize(app, global) },
	}
	c.Flags().BoolVar(&global, "global", false, "write to the user's configuration directory, for all projects")
	cli.TextOrJSONFlag(c)
	return c
}

func initialize(app *cli.App, global bool) error {
	path := cmp.Or(app.Config, config.FileName)
	switch {
	case global && app.Config != "":
		return cli.Usage(errors.New("--config cannot be used with --global"), "use one of them.")
	case global:
		if app.UserDir() == "" {
			return cli.Usage(errors.New("no configuration directory: HOME is not set"), "set HOME or XDG_CONFIG_HOME.")
		}
		path = filepath.Join(app.UserDir(), config.FileName)
	}
	err := config.Init(path)
	var exists *config.ExistsError
	if errors.As(err, &exists) {
		return cli.Usage(err, "edit or remove it.")
	}
	if err != nil {
		return err
	}
	if err := app.WriteSchema(path, config.SchemaFile, config.JSONSchema()); err != nil {
		return err
	}
	switch {
	case app.JSON:
		return app.PrintJSON(cli.PathJSON{Path: path})
	case !app.Quiet:
		command := "`apizee-hooks send ticket` needs"
		if app.Config != "" {
			command = "commands with this --config need"
		}
		fmt.Fprintf(app.Stdout, "Wrote %s. Set `to` in it, then %s no --to.\n", console.Safe(path), command)
	}
	return nil
}

func newPath(app *cli.App) *cobra.Command {
	c := &cobra.Command{
		Use:         "path",
		Short:       "Print the path of the configuration file",
		Example:     cli.Example("\n\t\t\t$EDITOR \"$(apizee-hooks config path)\""),
		Args:        cli.AtMost(0, "no arguments"),
		Annotations: cli.ExitCodes(map[int]string{cli.ExitOK: "the path was printed", cli.ExitNegative: "no configuration file"}),
		RunE:        func(c *cobra.Command, _ []string) error { return printPath(c.Context(), app) },
	}
	cli.TextOrJSONFlag(c)
	return c
}

func printPath(ctx context.Context, app *cli.App) error {
	loaded, err := app.Load(ctx, nil)
	if err != nil {
		return err
	}
	if loaded.File == "" {
		return cli.NegativeBecause(errors.New("no configuration file; run `apizee-hooks config init` to create one"), "")
	}
	if app.JSON {
		return app.PrintJSON(cli.PathJSON{Path: loaded.File})
	}
	_, err = fmt.Fprintln(app.Stdout, loaded.File)
	return err
}
