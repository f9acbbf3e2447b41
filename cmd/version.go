package cmd

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

func newVersionCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Example: cli.Example(`
			apizee-hooks version
			apizee-hooks version -o json`),
		Args:              cli.AtMost(0, "no arguments"),
		ValidArgsFunction: cli.Nothing,
		RunE: func(*cobra.Command, []string) error {
			return a.printVersion(output)
		},
	}
	cli.OutputFlag(c, c.Flags(), &output, []string{"text", "json"}, "")
	return c
}

func (a *app) printVersion(output string) error {
	b := a.Build.OrBuildInfo()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if output == "json" {
		return a.PrintJSON(struct {
			cli.Build
			Go       string `json:"go"`
			Platform string `json:"platform"`
		}{b, runtime.Version(), platform})
	}
	fmt.Fprintf(a.Stdout, "%s %s\n", cli.Program, b.Version)
	for _, line := range []struct{ name, value string }{
		{"commit", b.Commit}, {"date", b.Date}, {"go", runtime.Version()}, {"platform", platform},
	} {
		if line.value != "" {
			fmt.Fprintf(a.Stdout, "  %-9s %s\n", line.name, line.value)
		}
	}
	return nil
}
