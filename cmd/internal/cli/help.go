package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Program is the name of this program.
const Program = "apizee-hooks"

// The headings of flags that are not a command's own.
const (
	plainFlags    = "Flags"
	DeliveryFlags = "Delivery flags" // how an event is delivered
	GlobalFlags   = "Global flags"
)

// flagGroup is the annotation that names the heading a flag stands under.
const flagGroup = "group"

// helpWidth is how wide help is where there is no terminal to ask.
const helpWidth = 100

// GroupFlags puts flags under a heading of their own in the help.
func GroupFlags(f *pflag.FlagSet, group string, names ...string) {
	annotate(f, flagGroup, group, names)
}

// Example takes the indentation of the source out of help texts.
func Example(s string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(s, "\n")) {
		lines = append(lines, "  "+strings.TrimPrefix(strings.TrimRight(line, "\n"), "\t\t\t"))
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.Join(lines, "\n")
}

// SetHelp has a program and its commands show their help in this layout.
func SetHelp(root *cobra.Command, app *App) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		fmt.Fprintf(app.Stdout, "%s\n\n", strings.TrimSpace(cmp.Or(c.Long, c.Short)))
		writeUsage(app, c)
	})
	// cobra asks for it after a mistake; errors here name the next step instead.
	root.SetUsageFunc(func(c *cobra.Command) error { writeUsage(app, c); return nil })
}

func writeUsage(app *App, c *cobra.Command) {
	w := app.Stdout
	h := helpWriter{w: w, palette: app.Out(), width: min(cmp.Or(app.Width(), helpWidth), helpWidth)}
	h.heading("Usage")
	fmt.Fprintf(w, "  %s\n", useLine(c))
	if c.Example != "" {
		h.heading("Examples")
		h.examples(c.Example)
	}
	h.commands(c)
	h.flags(c)
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n`%s <command> --help` says more about a command.\n", c.CommandPath())
	}
}

// useLine leaves "[flags]" away: the flags are listed below it.
func useLine(c *cobra.Command) string {
	return strings.TrimSuffix(c.UseLine(), " [flags]") + " [flags]"
}

type helpWriter struct {
	w       io.Writer
	palette console.Palette
	width   int
	started bool
}

func (h *helpWriter) heading(title string) {
	if h.started {
		fmt.Fprintln(h.w)
	}
	h.started = true
	fmt.Fprintln(h.w, h.palette.Strong(title+":"))
}

func (h *helpWriter) examples(text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			line = h.palette.Dim(line)
		}
		fmt.Fprintln(h.w, line)
	}
}

func (h *helpWriter) commands(c *cobra.Command) {
	var groups []string
	rows := map[string][][]console.Cell{}
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		title := "Commands"
		for _, g := range c.Groups() {
			if g.ID == sub.GroupID {
				title = g.Title
			}
		}
		if !slices.Contains(groups, title) {
			groups = append(groups, title)
		}
		rows[title] = append(rows[title], []console.Cell{{Text: sub.Name(), Paint: h.palette.Object}, {Text: sub.Short}})
	}
	for _, g := range c.Groups() { // the groups' own order
		if i := slices.Index(groups, g.Title); i >= 0 {
			groups = append(slices.Delete(groups, i, i+1), g.Title)
		}
	}
	for _, title := range groups {
		h.heading(title)
		h.table(rows[title])
	}
}

func (h *helpWriter) flags(c *cobra.Command) {
	var groups []string
	rows := map[string][][]console.Cell{}
	add := func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		group := plainFlags
		if named := f.Annotations[flagGroup]; len(named) > 0 {
			group = named[0]
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		rows[group] = append(rows[group], []console.Cell{{Text: flagName(f), Paint: h.palette.Object}, {Text: flagText(f)}})
	}
	c.LocalNonPersistentFlags().VisitAll(add)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if c.LocalNonPersistentFlags().Lookup(f.Name) == nil {
			add(f)
		}
	})
	c.InheritedFlags().VisitAll(add)
	slices.SortStableFunc(groups, func(x, y string) int { return cmp.Compare(groupRank(x), groupRank(y)) })
	for _, group := range groups {
		h.heading(group)
		h.table(rows[group])
	}
}

func groupRank(group string) int {
	switch group {
	case plainFlags:
		return 0
	case GlobalFlags:
		return 2
	}
	return 1
}

// table is indented, so it has two columns less.
func (h *helpWriter) table(rows [][]console.Cell) {
	var text strings.Builder
	console.Table{Rows: rows, Width: h.width - 2, Wrap: true}.WriteTo(&text)
	for line := range strings.Lines(text.String()) {
		fmt.Fprint(h.w, "  ", line)
	}
}

// flagName is the flag as it is typed: "-t, --to URL".
func flagName(f *pflag.Flag) string {
	short := "    "
	if f.Shorthand != "" {
		short = "-" + f.Shorthand + ", "
	}
	value, _ := pflag.UnquoteUsage(f)
	switch {
	case value == "":
		return short + "--" + f.Name
	case f.NoOptDefVal != "":
		return short + "--" + f.Name + "[=" + value + "]"
	}
	return short + "--" + f.Name + " " + value
}

func flagText(f *pflag.Flag) string {
	_, text := pflag.UnquoteUsage(f)
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return text
	}
	return text + " (default " + f.DefValue + ")"
}
