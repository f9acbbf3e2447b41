package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// build makes the body: from its source, then changed as the flags say, then
// edited, and at last held against the contract.
func (a *app) build(ctx context.Context, o *sendOptions, spec *payload.Spec, c config.Config) ([]byte, error) {
	at := a.Now()
	if o.time != "" {
		unix, err := payload.ParseTime(o.time)
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("--time %w", err), "")
		}
		at = time.Unix(unix, 0)
	}
	body, err := a.source(ctx, o, spec, c, at)
	if err != nil {
		return nil, err
	}
	if o.time != "" && spec == nil {
		if body, err = payload.SetTime(a.Catalog, body, at.Unix()); err != nil {
			return nil, cli.Usage(err, "")
		}
	}
	if body, err = payload.Apply(a.Catalog, body, o.changes); err != nil {
		return nil, cli.Usage(err, "a path looks like props.state, or props.list.0; --dry-run prints the event.")
	}
	if o.dotted {
		if body, err = payload.Dotted(a.Catalog, body); err != nil {
			return nil, cli.Usage(err, "")
		}
	}
	if o.edit {
		return a.edit(ctx, o, body)
	}
	if o.allow {
		return body, nil
	}
	return body, documented(payload.Check(a.Catalog, body))
}

// forceHint is what to do when the undocumented is wanted.
const forceHint = "--allow-undocumented sends it anyway."

// documented adds the way out to an error about what the contract does not know.
func documented(err error) error {
	var undocumented *payload.UndocumentedError
	if errors.As(err, &undocumented) {
		return cli.Usage(err, forceHint)
	}
	return err
}

// noteUndocumented tells what the contract does not know, but does not forbid either: often
// a path that was mistyped.
func (a *app) noteUndocumented(body []byte) {
	const most = 3
	findings := a.Catalog.Validate(body).Findings
	for _, f := range findings[:min(most, len(findings))] {
		a.Note(f.String())
	}
	if more := len(findings) - most; more > 0 {
		a.Note(fmt.Sprintf("and %d more; `%s validate` reads what --dry-run prints, and shows all.", more, cli.Program))
	}
}

// source is the event before any change.
func (a *app) source(ctx context.Context, o *sendOptions, spec *payload.Spec, c config.Config, at time.Time) ([]byte, error) {
	switch {
	case spec != nil:
		body, err := payload.Build(a.Catalog, *spec, at.Unix())
		return body, a.flagMistake(spec.Object, err)
	case o.template != "":
		return a.renderTemplate(o.template, o.vars, c, at)
	}
	return a.readData(ctx, o.data, o.allow || o.edit)
}

// flagMistake names the flag that a mistake is in, and adds the way out.
func (a *app) flagMistake(object string, err error) error {
	var field *payload.FieldError
	if !errors.As(err, &field) {
		return documented(err)
	}
	hint := ""
	if field.Undocumented {
		hint = forceHint
	}
	known, _ := a.Catalog.LookupObject(object)
	if flag := flagOf(known, field.Path); flag != "" {
		return cli.Usage(fmt.Errorf("--%s: %s", flag, field.Reason), hint)
	}
	return cli.Usage(errors.New(field.Reason), hint)
}

// flagOf is the flag for a field of an event, or the path of a prop that has none.
func flagOf(object apizee.Object, path string) string {
	prop, isProp := strings.CutPrefix(path, "props.")
	switch {
	case isProp:
		if p, ok := object.Prop(prop); ok {
			return p.Flag
		}
		return prop
	case path == "objectId":
		return "id"
	}
	return ""
}

// readData is the user's own JSON: as an argument, from a file or from standard
// input.
func (a *app) readData(ctx context.Context, data string, raw bool) ([]byte, error) {
	text, name := []byte(data), "--data"
	switch path, isFile := strings.CutPrefix(data, "@"); {
	case data == "-":
		read, err := payload.ReadAll(a.Input(ctx))
		if err != nil {
			return nil, cli.Usage(fmt.Errorf("standard input: %w", err), "pipe one JSON event into it.")
		}
		text, name = read, "standard input"
	case isFile:
		read, err := readFile(path)
		if err != nil {
			return nil, err
		}
		text, name = read, path
	}
	if raw {
		return text, nil
	}
	body, err := payload.Raw(text)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, err), dataHint(data))
	}
	return body, nil
}

// dataHint is for data that is not JSON: maybe because it is the name of a file.
func dataHint(data string) string {
	if info, err := os.Stat(data); err == nil && info.Mode().IsRegular() {
		return "to send the file of that name, write --data @" + data + "."
	}
	return "an event is one JSON object; " + forceHint
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cli.Usage(err, "check the path; @ comes before the name of a file.")
	}
	defer f.Close()
	text, err := payload.ReadAll(f)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("%s: %w", path, cli.Bare(err)), "")
	}
	return text, nil
}

// printEvent prints the event for --dry-run: laid out for people, byte for byte
// for programs.
func (a *app) printEvent(body []byte) error {
	if console.IsTerminal(a.Stdout) || a.Out().Enabled() {
		_, err := a.Stdout.Write(console.JSON(body, a.Out()))
		return err
	}
	_, err := io.WriteString(a.Stdout, string(body)+"\n")
	return err
}

// changes is a flag that adds a change of the event, in the order of the
// command line.
type changes struct {
	list  *[]payload.Change
	parse func(string) (payload.Change, error)
	form  string
}

func (c *changes) String() string { return "" }

func (c *changes) Type() string { return c.form }

func (c *changes) Set(text string) error {
	change, err := c.parse(text)
	if err != nil {
		return err
	}
	*c.list = append(*c.list, change)
	return nil
}

// completePaths completes the paths of documented fields, each followed by end. Once an
// object is named they are those of that object.
func (a *app) completePaths(end string) cli.Completer {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		var paths []string
		for _, field := range apizee.FieldNames() {
			paths = append(paths, field+end)
		}
		for _, object := range a.Catalog.Objects {
			if _, named := a.Catalog.LookupObject(c.Name()); named && c.Name() != object.Name {
				continue
			}
			for _, path := range object.PropPaths() {
				if path = "props." + path + end; !slices.Contains(paths, path) {
					paths = append(paths, path)
				}
			}
		}
		return paths, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completeData completes files after an @.
func completeData(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	if !strings.HasPrefix(word, "@") {
		return []string{"@", "-"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	matches, err := filepath.Glob(word[1:] + "*")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for i, m := range matches {
		matches[i] = "@" + m
	}
	return matches, cobra.ShellCompDirectiveNoFileComp
}
