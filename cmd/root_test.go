package cmd

import (
	"bytes"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// TestSubcommandAlone checks that a subcommand created without the others is the same.
func TestSubcommandAlone(t *testing.T) {
	for _, sub := range subcommands() {
		if c := sub.make(&cli.App{System: testSystem(new(bytes.Buffer))}); c.Name() != sub.name {
			t.Errorf("%s is listed as %s", c.Name(), sub.name)
		}
		args := []string{sub.name, "--help"}
		if subcommandIn(args) != sub.name {
			t.Errorf("%q names no subcommand", args)
		}
		help := func(only string) string {
			var out bytes.Buffer
			root := newRootCmd(&cli.App{System: testSystem(&out)}, only)
			root.SetArgs(args)
			if err := root.Execute(); err != nil {
				t.Error(err)
			}
			return out.String()
		}
		if alone, among := help(sub.name), help(""); alone != among {
			t.Errorf("%s alone:\n%s\namong the others:\n%s", sub.name, alone, among)
		}
	}
	for _, args := range [][]string{nil, {"--version"}, {"help", "send"}, {"-q", "send"}, {"snd"}, {"__complete", "send", ""}} {
		if got := subcommandIn(args); got != "" {
			t.Errorf("%q names %s", args, got)
		}
	}
}

func BenchmarkRoot(b *testing.B) {
	a := &cli.App{System: testSystem(new(bytes.Buffer))}
	for name, only := range map[string]string{"all": "", "send": "send"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newRootCmd(a, only)
			}
		})
	}
}

// TestSignalsAreCaught waits for the signals after the command line is read, and before anything is printed.
func TestSignalsAreCaught(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"send", "ticket", "--dry-run"}, {"generate", "--count", "1"}, {"templates", "list"}, {"__complete", "send", ""}} {
		var out bytes.Buffer
		printed := -1
		system := testSystem(&out)
		system.Caught = func() { printed = out.Len() }
		if code := Run(t.Context(), system, args); code != 0 || printed != 0 || out.Len() == 0 {
			t.Errorf("%q: exit code %d, %d bytes printed before signals were caught, %d in all", args, code, printed, out.Len())
		}
	}
}
