package payload

import (
	"bytes"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxTemplate is the largest size of a template, in bytes.
const MaxTemplate = 1 << 20

// Template is an event with Go template actions in it.
type Template struct {
	Name string // for messages: the name of the file, or a shorter one
	// Text is the source of the template.
	Text   string
	parsed *template.Template
	uses   usage
	funcs  []string // the functions that it calls
}

// Parse parses a template. The name is the path of a file or the name of the template.
func Parse(name, text string) (Template, error) {
	parsed, err := template.New(name).Option("missingkey=error").Funcs(Funcs(Sources{})).Parse(text)
	if err != nil {
		return Template{}, templateError(name, err)
	}
	t := Template{Name: name, Text: text, parsed: parsed}
	t.uses.list(parsed.Root)
	t.funcs = functions(parsed)
	if err := Prepare(parsed, len(text)); err != nil {
		return Template{}, templateError(name, err)
	}
	return t, nil
}

var firstComment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*\{\{-?\s*/\*((?s:.*?))\*/\s*-?\}\}`)
})

// Describe returns the text of the first comment of a template, on one line.
func Describe(text string) string {
	m := firstComment().FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.Join(strings.Fields(m[1]), " ")
}

// execute renders any text. A variable with neither value nor default is a
// *MissingVarError. Its work is bounded, whatever the template does.
func (t Template) execute(vars Vars, src Sources) ([]byte, error) {
	data, err := t.complete(vars)
	if err != nil {
		return nil, err
	}
	run, err := t.parsed.Clone()
	if err != nil {
		return nil, templateError(t.file(), err)
	}
	funcs := Funcs(src)
	maps.DeleteFunc(funcs, func(name string, _ any) bool { return !slices.Contains(t.funcs, name) })
	bound := Bound{isJSON: true}
	text, err := bound.Execute(run.Funcs(bound.Funcs(funcs)).Funcs(bound.Prepared()), data)
	if err != nil {
		return nil, templateError(t.file(), err)
	}
	return text, nil
}

// Render returns the event, as compact JSON in the order of the template. The error says where
// the output is not one JSON object.
func (t Template) Render(vars Vars, src Sources) ([]byte, error) {
	text, err := t.execute(vars, src)
	if err != nil {
		return nil, err
	}
	raw, err := Raw(text)
	if err != nil {
		return nil, t.notEvent(text, err)
	}
	body := jsontext.Value(raw)
	if err := body.Compact(); err != nil {
		return nil, t.notEvent(text, err)
	}
	return body, nil
}

// notEvent returns an error about the output. Its line is that of the template if both
// have the same number of lines.
func (t Template) notEvent(rendered []byte, err error) error {
	syntax := (*SyntaxError)(nil)
	if errors.As(err, &syntax) && bytes.Count(rendered, []byte("\n")) == strings.Count(t.Text, "\n") {
		return inTemplate(t.file(), syntax.Line, "the output is not a JSON object: "+syntax.Reason)
	}
	return inTemplate(t.file(), 0, "the output is "+err.Error())
}

func (t Template) file() string { return t.parsed.Name() }
