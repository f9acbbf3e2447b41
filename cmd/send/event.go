package send

import (
	"bytes"
	"cmp"
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

// undocumentedHint is the next step for an undocumented event.
const undocumentedHint = "add --allow-undocumented to send it anyway."

// event is a body, and how it differs from the documented contract.
type event struct {
	body   []byte
	report apizee.Report
}

func (o *options) event(body []byte) event { return event{body, o.Catalog.Validate(body)} }

// invalid returns the first error of an event, or nil. Warnings are not an error.
func (e event) invalid() error {
	for _, f := range e.report.Findings {
		if f.Severity == apizee.Error {
			return errors.New(f.String())
		}
	}
	return nil
}

// build returns the event: from its source, changed by flags, edited, and checked against the
// documented contract.
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
	if err := e.invalid(); err != nil {
		return event{}, cli.Usage(err, undocumentedHint)
	}
	return e, nil
}

// changed returns the event with the changes of the flags. An event without changes has been
// checked when it was built.
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
			return event{}, changeError(err, "")
		}
	}
	if body, err = payload.Apply(o.Catalog, body, o.changes); err != nil {
		return event{}, changeError(err, "use a path such as props.state or props.list.0; --dry-run prints the event.")
	}
	if o.dotted {
		if body, err = payload.Dotted(o.Catalog, body); err != nil {
			return event{}, changeError(err, "")
		}
	}
	if o.spec != nil && bytes.Equal(body, built.body) {
		return built, nil
	}
	return o.event(body), nil
}

// changeError returns an error about a change. A body that --allow-undocumented sends need not be
// JSON.
func changeError(err error, hint string) error {
	var syntax *payload.SyntaxError
	if errors.As(err, &syntax) {
		return cli.Usage(fmt.Errorf("--time, --set, --unset and --dotted require a JSON object: %s", syntax.Reason), "omit them to send the body as it is.")
	}
	return cli.Usage(err, hint)
}

// noteUndocumented prints findings that do not keep an event from being sent: often a mistyped
// path.
func (o *options) noteUndocumented(findings []apizee.Finding) {
	const most = 3
	for _, f := range findings[:min(most, len(findings))] {
		o.Note(f.String())
	}
	if more := len(findings) - most; more > 0 {
		o.Note(fmt.Sprintf("and %d more; pipe --dry-run into `%s validate` to see all.", more, cli.Program))
	}
}

// source returns the event before any change. Only one that is built from flags has a report.
func (o *options) source(ctx context.Context, c config.Config, at time.Time) (event, error) {
	switch {
	case o.spec != nil:
		body, report, err := payload.Build(o.Catalog, *o.spec, at.Unix())
		return event{body, report}, o.flagError(err)
	case o.template != "":
		body, err := o.renderTemplate(ctx, c, at)
		return event{body: body}, err
	}
	body, err := o.readData(ctx)
	return event{body: body}, err
}

// flagError returns an error with the flag of the invalid field, and a hint.
func (o *options) flagError(err error) error {
	var field *payload.FieldError
	if !errors.As(err, &field) {
		return err
	}
	hint := ""
	if field.Undocumented {
		hint = undocumentedHint
	}
	known, _ := o.Catalog.LookupObject(o.spec.Object)
	if flag := flagOf(known, field.Path); flag != "" {
		return cli.Usage(fmt.Errorf("--%s: %s", flag, field.Reason), hint)
	}
	return cli.Usage(errors.New(field.Reason), hint)
}

// flagOf returns the flag for a field of an event, or the path of a prop that has none.
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

// readData returns the JSON of --data: an argument, a file or standard input.
func (o *options) readData(ctx context.Context) ([]byte, error) {
	text, name, hint := []byte(o.data), "--data", ""
	var err error
	switch path, isFile := strings.CutPrefix(o.data, "@"); {
	case o.readsStdin():
		name, hint = "standard input", "pipe one JSON event into it."
		text, err = textfile.ReadAll(ctx, o.Input(), payload.MaxBody)
	case isFile:
		name, hint = cmp.Or(path, "--data @"), "check the path after the @."
		text, err = textfile.ReadFile(ctx, path, payload.MaxBody)
	default:
		text, err = textfile.Text(text)
	}
	anyBytes := o.allow || o.edit
	switch {
	case anyBytes && errors.Is(err, textfile.ErrUTF16):
	case errors.Is(err, textfile.ErrUTF16):
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, err), "")
	case errors.As(err, new(*textfile.LimitError)):
		return nil, cli.Usage(fmt.Errorf("%s: %w", name, err), "use a smaller event.")
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

// readsStdin reports whether --data is standard input, which is @- for curl.
func (o *options) readsStdin() bool { return o.data == "-" || o.data == "@-" }

// dataHint returns the next step for data that is not JSON, which may be the name of a file.
func dataHint(data string) string {
	if info, err := os.Stat(data); err == nil && info.Mode().IsRegular() {
		return "write --data @" + data + " to send the file of that name."
	}
	return "use one JSON object, or " + undocumentedHint
}

// renderTemplate returns the event of --template, which is a name or a file.
func (o *options) renderTemplate(ctx context.Context, c config.Config, at time.Time) ([]byte, error) {
	t, err := o.ParseTemplate(ctx, c, o.template)
	if err != nil {
		return nil, o.notFoundError(err)
	}
	vars, err := cli.ParseVars(o.vars)
	if err != nil {
		return nil, err
	}
	if err := t.Unused(vars); err != nil {
		return nil, cli.Usage(err, "run `apizee-hooks templates show` to see the variables of a template.")
	}
	body, err := t.Render(vars, o.sources(at))
	var missing *payload.MissingVarError
	if errors.As(err, &missing) {
		return nil, cli.Usage(errors.New(missing.Needs("--var "+missing.Name+"=…")), "")
	}
	if err != nil {
		return nil, cli.Usage(err, "")
	}
	return body, nil
}

// sources returns the clock, set to the time at, and the random numbers of templates.
func (o *options) sources(at time.Time) payload.Sources {
	next := int64(0)
	return payload.Sources{
		Now:    func() time.Time { return at },
		Random: o.Random,
		Next:   func() int64 { next++; return next },
	}
}

// notFoundError returns a better error if there is a scenario of that name.
func (o *options) notFoundError(err error) error {
	var missing *library.NotFoundError
	if !errors.As(err, &missing) || !slices.Contains(o.ScenarioNames(), o.template) {
		return err
	}
	return cli.Usage(fmt.Errorf("%q is a scenario, not a template", o.template), "run it with `"+cli.Program+" run "+o.template+"`.")
}
