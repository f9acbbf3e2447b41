package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func newTemplatesCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "templates [command]",
		Short: "List, show or copy the templates of events",
		Long: `A template is an event as JSON, with Go template actions for what differs. They
are looked for in .apizee-hooks/templates, then in your configuration folder,
then among those that come with the program.`,
		Example: example(`
			apizee-hooks templates list
			apizee-hooks templates show ticket-geolocated
			apizee-hooks send --template ticket-geolocated --var lat=48.1 -t localhost:3000/hooks

			# A copy of your own, to edit; it is found by its name
			apizee-hooks templates copy ticket-geolocated .apizee-hooks/templates`),
		Args: noSuchCommand,
		RunE: func(*cobra.Command, []string) error { return a.listTemplates("text") },
	}
	c.AddCommand(newTemplatesListCmd(a), newTemplatesShowCmd(a), newTemplatesCopyCmd(a))
	return c
}

func newTemplatesListCmd(a *app) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:               "list",
		Short:             "List the templates",
		Example:           example("\n\t\t\tapizee-hooks templates list\n\t\t\tapizee-hooks templates list -o json"),
		Args:              atMost(0, "no arguments"),
		ValidArgsFunction: nothing,
		RunE:              func(*cobra.Command, []string) error { return a.listTemplates(output) },
	}
	outputFlag(c, &output, "text", "json")
	return c
}

func newTemplatesShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "show <name>",
		Short:             "Print a template",
		Example:           example("\n\t\t\tapizee-hooks templates show ticket-invited"),
		Args:              needs("the name of a template", 1),
		ValidArgsFunction: firstArg(a.completeTemplates),
		RunE: func(_ *cobra.Command, args []string) error {
			found, err := a.findTemplate(args[0])
			if err != nil {
				return err
			}
			_, err = a.Stdout.Write(found.text)
			return err
		},
	}
}

func newTemplatesCopyCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "copy <name> [folder]",
		Short: "Copy a template to a folder, to edit it",
		Long: `Copy a template to a folder, by default .apizee-hooks/templates, where it is found
by its name. A file that is there already is left as it is.`,
		Example:           example("\n\t\t\tapizee-hooks templates copy ticket-invited\n\t\t\tapizee-hooks templates copy ticket-invited hooks"),
		Args:              needs("the name of a template, and a folder if it is to go elsewhere", 2),
		ValidArgsFunction: firstArg(a.completeTemplates),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := ""
			if len(args) > 1 {
				dir = args[1]
			}
			return a.copyTemplate(args[0], dir)
		},
	}
}

// needs takes one argument at least and most at most, which what names.
func needs(what string, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(fmt.Errorf("`%s` needs %s", c.CommandPath(), what), "`"+c.CommandPath()+" --help` has an example.")
		}
		return atMost(most, what)(c, args)
	}
}

// library is where templates of events are looked for.
func (a *app) library(c config.Config, at time.Time) payload.Library {
	var layers []payload.Layer
	for _, dir := range a.templateDirs(c) {
		layers = append(layers, payload.Layer{Name: dir, FS: os.DirFS(dir), Dir: dir})
	}
	next := int64(0)
	return payload.Library{
		Layers: append(layers, payload.Layer{Name: "built in", FS: a.embedded("events"), Dir: "built in"}),
		Sources: payload.Sources{
			Now:    func() time.Time { return at },
			Random: a.Random,
			Next:   func() int64 { next++; return next },
		},
	}
}

// embedded is a folder of the embedded templates.
func (a *app) embedded(folder string) fs.FS {
	sub, err := fs.Sub(a.Templates, folder)
	if err != nil {
		panic(err) // the folder's name is no path, which any test shows
	}
	return sub
}

// configuredLibrary is the library with the configured folder in it.
func (a *app) configuredLibrary() (payload.Library, error) {
	loaded, err := a.load(nil)
	if err != nil {
		return payload.Library{}, err
	}
	return a.library(loaded.Config, a.Now()), nil
}

func (a *app) listTemplates(output string) error {
	library, err := a.configuredLibrary()
	if err != nil {
		return err
	}
	infos, err := library.List()
	if err != nil {
		return err
	}
	if output == "json" {
		return a.printJSON(infos)
	}
	p := a.out()
	for i, group := range append(apizee.ObjectNames(), "") {
		table := console.Table{Width: a.width(), Wrap: true}
		for _, info := range infos {
			if info.Group == group {
				table.Rows = append(table.Rows, templateRow(p, info))
			}
		}
		if len(table.Rows) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.Stdout)
		}
		fmt.Fprintln(a.Stdout, p.Strong(title(group)))
		if _, err := table.WriteTo(a.Stdout); err != nil {
			return err
		}
	}
	return nil
}

func title(group string) string {
	if group == "" {
		return "Other"
	}
	return strings.ToUpper(group[:1]) + group[1:]
}

func templateRow(p console.Palette, info payload.Info) []console.Cell {
	text := info.Description
	if info.Source != "built in" {
		text = strings.TrimSpace(text + " (" + info.Source + ")")
	}
	return []console.Cell{{Text: "  " + info.Name, Paint: p.Object}, {Text: text}}
}

// foundFile is a template as it was written, and the name of its file.
type foundFile struct {
	name string
	text []byte
}

func (a *app) findTemplate(name string) (foundFile, error) {
	library, err := a.configuredLibrary()
	if err != nil {
		return foundFile{}, err
	}
	t, err := library.Find(name)
	if err != nil {
		return foundFile{}, notFound(err)
	}
	return foundFile{name + ".json", []byte(t.Text)}, nil
}

func notFound(err error) error {
	var missing *payload.NotFoundError
	if errors.As(err, &missing) {
		return usage(err, "`apizee-hooks templates list` shows what there is; a file of your own needs its path.")
	}
	return usage(err, "")
}

func (a *app) copyTemplate(name, dir string) error {
	found, err := a.findTemplate(name)
	if err != nil {
		return err
	}
	if dir == "" {
		dir = filepath.Join(ownFolder, "templates")
	}
	path := filepath.Join(dir, found.name)
	if err := writeNew(path, found.text); err != nil {
		return err
	}
	if !a.quiet {
		fmt.Fprintf(a.Stdout, "Wrote %s\n", console.Safe(path))
	}
	return nil
}

// writeNew writes a file that is not there yet, and the folders it is in.
func writeNew(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return usage(fmt.Errorf("make the folder: %w", err), "name a folder that can be written to.")
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s exists already; it is left as it is", path), "edit it, remove it, or name another folder.")
	}
	if err != nil {
		return usage(err, "name a folder that can be written to.")
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return usage(err, "")
	}
	return nil
}

// renderTemplate makes the event of a template, which is named or a file.
func (a *app) renderTemplate(name string, typed []string, c config.Config, at time.Time) ([]byte, error) {
	library := a.library(c, at)
	t, err := a.parseTemplate(library, name)
	if err != nil {
		return nil, err
	}
	vars := payload.Vars{}
	for _, v := range typed {
		name, value, err := payload.ParseVar(v)
		if err != nil {
			return nil, usage(fmt.Errorf("--var: %w", err), "")
		}
		vars[name] = value
	}
	if err := t.Unused(vars); err != nil {
		return nil, usage(err, "`apizee-hooks templates show` prints the template.")
	}
	body, err := library.Render(t, vars)
	if err != nil {
		return nil, usage(err, "")
	}
	return body, nil
}

func (a *app) parseTemplate(library payload.Library, name string) (payload.Template, error) {
	if !payload.IsPath(name) {
		t, err := library.Find(name)
		if err != nil {
			return t, notFound(err)
		}
		return t, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return payload.Template{}, usage(err, "a name without a slash and without .json is looked for among the templates.")
	}
	t, err := payload.Parse(name, string(text))
	if err != nil {
		return t, usage(err, "")
	}
	return t, nil
}

func (a *app) completeTemplates(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if payload.IsPath(word) {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	library, err := a.configuredLibrary()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	infos, err := library.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	words := make([]string, len(infos))
	for i, info := range infos {
		words[i] = info.Name + "\t" + info.Description
	}
	slices.Sort(words)
	return words, cobra.ShellCompDirectiveNoFileComp
}
