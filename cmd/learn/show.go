package learn

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// learnedJSON is the JSON of show.
type learnedJSON struct {
	Baseline string       `json:"baseline" about:"path of the baseline"`
	Events   int          `json:"events" about:"number of events that were read"`
	Kinds    int          `json:"kinds" about:"number of kinds of events in the baseline"`
	Files    []string     `json:"files" about:"written templates and scenarios"`
	Values   []redact.Row `json:"values" about:"values that were replaced or kept, by path and kind"`
}

func (l *learning) showJSON(written []string, rows []redact.Row) error {
	out := learnedJSON{
		l.baselineFile(), l.learner.Baseline.Events - l.before, len(l.learner.Baseline.Kinds()), []string{}, append([]redact.Row{}, rows...),
	}
	for _, dir := range learnedDirs() {
		for _, name := range dir.in(written) {
			out.Files = append(out.Files, filepath.Join(l.out, dir.name, name+dir.ext))
		}
	}
	if !l.allSearched() {
		l.Note(notSearched)
	}
	return l.PrintJSON(out)
}

const notSearched = "More than 64 MiB cannot be read again: of standard input, only the values of the examples were searched for in the files."

// show prints what was written, what was replaced and kept, and the next steps.
func (l *learning) show(written []string, rows []redact.Row) error {
	switch {
	case l.JSON:
		return l.showJSON(written, rows)
	case l.Quiet:
		return nil
	}
	baseline := l.learner.Baseline
	p, out := l.Out(), l.Text()
	fmt.Fprintf(out, "Learned from %s, %s:\n", console.Plural(baseline.Events-l.before, "event"), console.Plural(len(baseline.Kinds()), "kind"))
	table := console.Table{Width: l.Width(), Wrap: true}
	add := func(file, about string) {
		table.Rows = append(table.Rows, []console.Cell{{Text: "  " + file, Paint: p.Strong}, {Text: about}})
	}
	for _, dir := range learnedDirs() {
		if names := dir.in(written); len(names) > 0 {
			add(filepath.Join(l.out, dir.name), fmt.Sprintf("%d: %s", len(names), strings.Join(names, ", ")))
		}
	}
	switch {
	case l.update != "":
		add(l.update, fmt.Sprintf("%d → %s", l.before, console.Plural(baseline.Events, "event")))
	default:
		add(filepath.Join(l.out, shape.BaselineFile), "for validate --baseline")
	}
	if _, err := table.WriteTo(out); err != nil {
		return err
	}
	for _, kept := range []bool{false, true} {
		if err := l.showRows(rows, kept); err != nil {
			return err
		}
	}
	if !l.allSearched() {
		fmt.Fprintln(out, p.Dim(notSearched))
	}
	for _, step := range l.nextSteps(written) {
		fmt.Fprintln(out, step)
	}
	return nil
}

// showRows prints the values that were kept, or those that were replaced.
func (l *learning) showRows(rows []redact.Row, kept bool) error {
	table := console.Table{Width: l.Width()}
	n := 0
	for _, r := range rows {
		if r.Kept == kept {
			n += r.Count
			table.Rows = append(table.Rows, []console.Cell{{Text: "  " + r.Path}, {Text: string(r.Kind)}, {Text: fmt.Sprint(r.Count)}})
		}
	}
	if n == 0 {
		return nil
	}
	title := "Replaced"
	if kept {
		title = "Kept"
	}
	fmt.Fprintf(l.Text(), "%s %s:\n", title, console.Plural(n, "value"))
	_, err := table.WriteTo(l.Text())
	return err
}

// learnedDir is a directory of learned files, and the command for one of them.
type learnedDir struct{ name, ext, command string }

func learnedDirs() []learnedDir {
	return []learnedDir{{"templates", ".json", "send --template %s --dry-run"}, {"scenarios", ".yaml", "run %s --loopback"}}
}

// in returns the names of the files in the directory, without the extension.
func (d learnedDir) in(written []string) []string {
	var names []string
	for _, file := range written {
		if base, is := strings.CutPrefix(file, d.name+"/"); is {
			names = append(names, strings.TrimSuffix(base, d.ext))
		}
	}
	slices.Sort(names) // which the names of files are not, because of the extension
	return names
}

// nextSteps returns what to do with the files.
func (l *learning) nextSteps(written []string) []string {
	var steps []string
	for _, dir := range learnedDirs() {
		if names := dir.in(written); len(names) > 0 {
			file := names[0]
			if filepath.Clean(l.out) != cli.ProjectDir { // where it is found by its name
				file = filepath.Join(l.out, dir.name, file+dir.ext)
			}
			steps = append(steps, "Try: "+cli.Program+" "+fmt.Sprintf(dir.command, shellescape.Quote(file)))
		}
	}
	return append(steps, "Try: "+cli.Program+" validate events.ndjson --baseline "+shellescape.Quote(l.baselineFile()))
}

func (l *learning) baselineFile() string {
	if l.update != "" {
		return l.update
	}
	return filepath.Join(l.out, shape.BaselineFile)
}
