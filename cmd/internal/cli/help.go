package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Program is the name of this program.
const Program = "apizee-hooks"

// helpWidth is the maximum width of help, and textWidth that of its paragraphs.
const (
	helpWidth = 100
	textWidth = 80
)

// Example removes the indentation of the source from examples.
func Example(s string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(s, "\n")) {
		lines = append(lines, strings.TrimRight(strings.TrimPrefix(line, "\t\t\t"), " \t\n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// SetHelp sets the layout of the help of a program and its commands.
func SetHelp(root *cobra.Command, app *App) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { writeHelp(app, NewPage(c)) })
	// cobra shows it after an error; hints replace it here.
	root.SetUsageFunc(func(c *cobra.Command) error { writeHelp(app, NewPage(c)); return nil })
}

func writeHelp(app *App, page Page) {
	h := helpWriter{w: app.Stdout, palette: app.Out(), width: min(cmp.Or(app.Width(), helpWidth), helpWidth)}
	for _, s := range page.About {
		h.section(s)
	}
	if page.Usage != "" {
		h.heading("Usage")
		fmt.Fprintf(h.w, "  %s\n", page.Usage)
	}
	h.section(Section{Title: "Exit codes", Rows: page.ExitCodes})
	if page.Examples != "" {
		h.heading("Examples")
		h.examples(page.Examples)
	}
	for _, s := range page.Commands {
		h.section(s)
	}
	for _, s := range page.Flags {
		h.section(s)
	}
	h.footer(page)
}

type helpWriter struct {
	w       io.Writer
	palette console.Palette
	width   int
	started bool
}

// gap writes a blank line between two parts of the help.
func (h *helpWriter) gap() {
	if h.started {
		fmt.Fprintln(h.w)
	}
	h.started = true
}

func (h *helpWriter) heading(title string) {
	h.gap()
	fmt.Fprintln(h.w, h.palette.Strong(title+":"))
}

func (h *helpWriter) section(s Section) {
	switch {
	case s.Text != "":
		h.gap()
		for _, line := range console.Wrap(s.Text, min(h.width, textWidth)) {
			fmt.Fprintln(h.w, line)
		}
		return
	case s.Rows == nil:
		return
	case s.Title == "":
		h.gap()
	default:
		h.heading(s.Title)
	}
	// The table is indented, so it has two columns less.
	table := console.Table{Width: h.width - 2, Wrap: true}
	for _, r := range s.Rows {
		table.Rows = append(table.Rows, []console.Cell{{Text: r.Term, Paint: h.palette.Object}, {Text: r.Text}})
	}
	var text strings.Builder
	table.WriteTo(&text)
	for line := range strings.Lines(text.String()) {
		fmt.Fprint(h.w, "  ", line)
	}
}

func (h *helpWriter) examples(text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") {
			line = h.palette.Dim(line)
		}
		fmt.Fprintln(h.w, "  "+line)
	}
}

// footer writes where the rest is described.
func (h *helpWriter) footer(page Page) {
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, console.Wrap(fmt.Sprintf(format, args...), h.width)...)
	}
	for _, r := range page.Elsewhere {
		add("%s (`%s`): %s", r.Title, r.See, strings.Join(r.Flags, " "))
	}
	switch {
	case page.Name == Program:
		add("`%s help <command or topic>` describes one of them.", Program)
	case page.Name == Program+" "+HelpCommand:
	case len(page.Commands) > 0:
		add("`%s <command> --help` describes a command.", page.Name)
	}
	if lines != nil {
		h.gap()
		fmt.Fprintln(h.w, strings.Join(lines, "\n"))
	}
}
