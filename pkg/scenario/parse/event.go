package parse

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

func (r *reader) send(f field, s *scenario.Step) {
	words := strings.Fields(r.text(f.value, "send"))
	if len(words) == 0 || len(words) > 2 {
		if !r.failed(f) {
			r.problem(at(f.value), "send must be an object and an event, such as ticket create")
		}
		words = []string{""}
	}
	object, _ := r.options.Catalog.LookupObject(words[0])
	s.Event.Object, s.Event.Name = words[0], object.DefaultEvent()
	if len(words) == 2 {
		s.Event.Name = words[1]
	}
}

func (r *reader) template(f field, s *scenario.Step) {
	t := s.Rendered
	if t.Name = r.text(f.value, "template"); r.failed(f) {
		return
	}
	var err error
	var missing *library.NotFoundError
	switch t.Template, err = r.findTemplate(t.Name); {
	case errors.As(err, &missing):
		text := "unknown template " + expr.Quote(t.Name)
		if missing.Absence != "" {
			text += "; " + missing.Absence
		}
		r.suggest(at(f.value), missing.Nearest, "%s", text)
	case err != nil:
		r.problem(at(f.value), "template %s: %v", t.Name, err)
	}
}

// findTemplate looks each template up once.
func (r *reader) findTemplate(name string) (payload.Template, error) {
	if t, ok := r.templates[name]; ok {
		return t, nil
	}
	t, err := r.options.Template(name)
	if err == nil {
		r.templates[name] = t
	}
	return t, err
}

func (r *reader) templateVars(f field, s *scenario.Step) {
	if r.fields(f.value, "vars"); !r.failed(f) {
		s.Rendered.Vars = r.valueOf(f)
	}
}

func (r *reader) data(f field, s *scenario.Step) {
	r.resolved(f.value, func(n *yaml.Node) {
		if _, isText := textOf(n); !isText && !isMap(n) {
			r.problem(at(n), "data must be a JSON object, as a mapping or a string, not %s", describe(n))
			return
		}
		s.Data = r.valueOf(f)
	})
}

func (r *reader) props(f field, s *scenario.Step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, isText := textOf(n)
		if !isMap(n) && !(isText && expr.Is(text)) {
			r.problem(at(n), "props must be a mapping, not %s", describe(n))
			return
		}
		props := r.value(n)
		s.Event.Props = &props
	})
}

func (r *reader) time(f field, s *scenario.Step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, ok := scalarOf(n)
		if !ok {
			r.problem(at(n), "time must be UNIX seconds or RFC 3339, not %s", describe(n))
			return
		}
		time, known := r.value(n), true
		if expr.Is(text) {
			text, known = r.evaluatedContent(&time)
		}
		if _, err := payload.ParseTime(text); known && err != nil && !r.isBlamed(at(n)) {
			r.problem(at(n), "time: %v", err)
			return
		}
		s.Event.Time = &time
	})
}

func (r *reader) set(f field, s *scenario.Step) {
	for _, own := range r.fields(f.value, "set") {
		r.literalKey(own)
		if _, err := payload.ParseUnset(own.name); err != nil {
			r.problem(at(own.key), "%v", err)
			continue
		}
		path := strings.ReplaceAll(own.name, "=", `\=`)
		s.Set = append(s.Set, scenario.Setting{Path: path, To: r.value(own.value)})
	}
}
