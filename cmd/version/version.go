// Package version is the command that prints the version of the program.
package version

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

type options struct {
	*cli.App
	output string
}

// New makes the command.
func New(app *cli.App) *cobra.Command {
	o := &options{App: app}
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Example: cli.Example(`
			apizee-hooks version
			apizee-hooks version -o json`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE:              func(*cobra.Command, []string) error { return run(o) },
	}
	cli.OutputFlag(c, c.Flags(), &o.output, []string{"text", "json"}, "")
	return c
}

func run(o *options) error {
	b := o.Build.OrBuildInfo()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if o.output == "json" {
		return o.PrintJSON(struct {
			cli.Build
			Go       string `json:"go"`
			Platform string `json:"platform"`
		}{b, runtime.Version(), platform})
	}
	fmt.Fprintf(o.Stdout, "%s %s\n", cli.Program, b.Version)
	for _, line := range []struct{ name, value string }{
		{"commit", b.Commit}, {"date", b.Date}, {"go", runtime.Version()}, {"platform", platform},
	} {
		if line.value != "" {
			fmt.Fprintf(o.Stdout, "  %-9s %s\n", line.name, line.value)
		}
	}
	return nil
}
