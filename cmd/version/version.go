// Package version is the command that prints the version of the program.
package version

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// New makes the command.
func New(app *cli.App) *cobra.Command {
	return cli.TextOrJSON("version", "Print the version", `
			apizee-hooks version
			apizee-hooks version -o json`,
		func(context.Context) error { return run(app) })
}

// Outputs are what the command prints with -o json.
func Outputs() []cli.Output {
	return []cli.Output{{Name: "version", About: "One object.", Types: []any{versionJSON{}}}}
}

type versionJSON struct {
	cli.Build
	Go       string `json:"go" about:"version of Go that built it"`
	Platform string `json:"platform"`
}

func run(app *cli.App) error {
	b := app.Build.OrBuildInfo()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if app.JSON {
		return app.PrintJSON(versionJSON{b, runtime.Version(), platform})
	}
	fmt.Fprintf(app.Stdout, "%s %s\n", cli.Program, b.Version)
	for _, line := range []struct{ name, value string }{
		{"commit", b.Commit}, {"date", b.Date}, {"go", runtime.Version()}, {"platform", platform},
	} {
		if line.value != "" {
			fmt.Fprintf(app.Stdout, "  %-9s %s\n", line.name, line.value)
		}
	}
	return nil
}
