package send

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// forceHint is what to do when the undocumented is wanted.
const forceHint = "--allow-undocumented sends it anyway."

// event is what is sent, and what the contract says to it.
type event struct {
	body   []byte
	report apizee.Report
}

func (o *options) event(body []byte) event { return event{body, o.Catalog.Validate(body)} }

// build makes the event: from its source, then changed as the flags say, then edited, and
// at last held against the contract.
func (o *options) build(ctx context.Context, c config.Config) (event, error) {
	e, err := o.changed(ctx, c)
	switch {
	case err != nil:
		return event{}, err
	case o.edit:
		return o.edited(ctx, e.body)
	case o.allow:
		return e, nil
	}
	return e, documented(payload.Check(e.report))
}

// changed is the event as the flags say. One that is as it was built was checked then.
func (o *options) changed(ctx context.Context, c config.Config) (event, error) {
	at := o.Now()
	if o.time != "" {
		unix, err := payload.ParseTime(o.time)
		if err != nil {
			return event{}, cli.Usage(fmt.Errorf("--time %w", err), "")
		}
		at = time.Unix(unix, 0)
	}
	built, err := o.source(ctx, c, at)
	if err != nil {
		return event{}, err
	}
	body := built.body
	if o.time != "" && o.spec == nil {
		if body, err = payload.SetTime(o.Catalog, body, at.Unix()); err != nil {
			return event{}, cli.Usage(err, "")
		}
	}
	if body, err = payload.Apply(o.Catalog, body, o.changes); err != nil {
		return event{}, cli.Usage(err, "a path looks like props.state, or props.list.0; --dry-run prints the event.")
	}
	if o.dotted {
		if body, err = payload.Dotted(o.Catalog, body); err != nil {
			return event{}, cli.Usage(err, "")
		}
	}
	if o.spec != nil && bytes.Equal(body, built.body) {
		return built, nil
	}
	return o.event(body), nil
}

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
func (o *options) noteUndocumented(findings []apizee.Finding) {
	const most = 3
	for _, f := range findings[:min(most, len(findings))] {
		o.Note(f.String())
	}
	if more := len(findings) - most; more > 0 {
		o.Note(fmt.Sprintf("and %d more; `%s validate` reads what --dry-run prints, and shows all.", more, cli.Program))
	}
}

// source is the event before any change. Only one that is built has a report yet.
func (o *options) source(ctx context.Context, c config.Config, at time.Time) (event, error) {
	switch {
	case o.spec != nil:
		body, report, err := payload.Build(o.Catalog, *o.spec, at.Unix())
		return event{body, report}, o.flagMistake(err)
	case o.template != "":
		body, err := o.renderTemplate(ctx, c, at)
		return event{body: body}, err
	}
	body, err := o.readData(ctx)
	return event{body: body}, err
}

// flagMistake names the flag that a mistake is in, and adds the way out.
func (o *options) flagMistake(err error) error {
	var field *payload.FieldError
	if !errors.As(err, &field) {
		return documented(err)
	}
	hint := ""
	if field.Undocumented {
		hint = forceHint
	}
	known, _ := o.Catalog.LookupObject(o.spec.Object)
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
func (o *options) readData(ctx context.Context) ([]byte, error) {
	text, name, hint := []byte(o.data), "--data", ""
	var err error
	switch path, isFile := strings.CutPrefix(o.data, "@"); {
	case o.data == "-":
		name, hint = "standard input", "pipe one JSON event into it."
		text, err = textfile.ReadAll(ctx, o.Stdin, payload.MaxBody)
	case isFile:
		name, hint = path, "check the path; @ comes before the name of a file."
		text, err = textfile.ReadFile(ctx, path, payload.MaxBody)
	default:
		text, err = textfile.Text(text)
	}
	anyBytes := o.allow || o.edit
	switch {
	case anyBytes && errors.Is(err, textfile.ErrUTF16):
	case errors.Is(err, textfile.ErrUTF16):
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, err), "")
	case err != nil:
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, textfile.Reason(err)), hint)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, payload.ErrEmpty), hint)
	}
	if anyBytes {
		return text, nil
	}
	body, err := payload.Raw(text)
	if err != nil {
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, err), dataHint(o.data))
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

// renderTemplate makes the event of a template, which is named or a file.
func (o *options) renderTemplate(ctx context.Context, c config.Config, at time.Time) ([]byte, error) {
	t, err := o.ParseTemplate(ctx, c, o.template)
	if err != nil {
		return nil, o.meantScenario(err)
	}
	vars, err := cli.ParseVars(o.vars)
	if err != nil {
		return nil, err
	}
	if err := t.Unused(vars); err != nil {
		return nil, cli.Usage(err, "`apizee-hooks templates show` prints the template.")
	}
	body, err := t.Render(vars, o.Sources(at))
	var missing *payload.MissingVarError
	if errors.As(err, &missing) {
		return nil, cli.Usage(errors.New(missing.Needs("--var "+missing.Name+"=…")), "")
	}
	if err != nil {
		return nil, cli.Usage(err, "")
	}
	return body, nil
}

// meantScenario tells whoever looks for a template of an event by a scenario's name.
func (o *options) meantScenario(err error) error {
	var missing *library.NotFoundError
	if !errors.As(err, &missing) || !slices.Contains(o.ScenarioNames(), o.template) {
		return err
	}
	return cli.Usage(fmt.Errorf("%q is a scenario, not the template of an event", o.template), "`"+cli.Program+" run "+o.template+"` plays it.")
}
