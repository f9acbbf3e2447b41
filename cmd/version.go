package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Build is where the program comes from. What is empty is taken from the build
// information that Go puts into it.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
}

func (b Build) orBuildInfo() Build {
	if info, ok := debug.ReadBuildInfo(); ok && b.Version == "" {
		b.Version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.time":
				b.Date = s.Value
			}
		}
	}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "devel"
	}
	return b
}

func (b Build) short() string { return b.Version }

func newVersionCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Example: example(`
			apizee-hooks version
			apizee-hooks version -o json`),
		Args:              atMost(0, "no arguments"),
		ValidArgsFunction: nothing,
		RunE: func(*cobra.Command, []string) error {
			return a.printVersion(output)
		},
	}
	outputFlag(c, &output, "text", "json")
	return c
}

func (a *app) printVersion(output string) error {
	b := a.Build.orBuildInfo()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if output == "json" {
		return a.printJSON(struct {
			Build
			Go       string `json:"go"`
			Platform string `json:"platform"`
		}{b, runtime.Version(), platform})
	}
	fmt.Fprintf(a.Stdout, "%s %s\n", program, b.Version)
	for _, line := range []struct{ name, value string }{
		{"commit", b.Commit}, {"date", b.Date}, {"go", runtime.Version()}, {"platform", platform},
	} {
		if line.value != "" {
			fmt.Fprintf(a.Stdout, "  %-9s %s\n", line.name, line.value)
		}
	}
	return nil
}
