package scenario

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// event is the body of a send step, whichever of its keys comes first.
func (s *step) event() *event {
	if s.body == nil {
		s.body = &event{}
	}
	return s.body.(*event)
}

// fromTemplate is the body of a template step.
func (s *step) fromTemplate() *fromTemplate {
	if s.body == nil {
		s.body = &fromTemplate{}
	}
	return s.body.(*fromTemplate)
}

func (r *reader) send(f field, s *step) {
	words := strings.Fields(r.text(f.value, "send"))
	if len(words) == 0 || len(words) > 2 {
		if !r.failed(f) {
			r.problem(at(f.value), "send needs an object and an event, such as ticket create")
		}
		words = []string{""}
	}
	e := s.event()
	e.object, e.name = words[0], apizee.Update
	if len(words) == 2 {
		e.name = words[1]
	}
}

func (r *reader) template(f field, s *step) {
	b := s.fromTemplate()
	if b.name = r.text(f.value, "template"); r.failed(f) {
		return
	}
	var err error
	var missing *library.NotFoundError
	switch b.template, err = r.findTemplate(b.name); {
	case errors.As(err, &missing):
		r.suggest(at(f.value), missing.Nearest, "there is no template %s", quote(b.name))
	case err != nil:
		r.problem(at(f.value), "template %s: %v", b.name, err)
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

func (r *reader) templateVars(f field, s *step) {
	if r.fields(f.value, "vars"); !r.failed(f) {
		s.fromTemplate().vars = r.valueOf(f)
	}
}

func (r *reader) data(f field, s *step) {
	r.resolved(f.value, func(n *yaml.Node) {
		_, isText := textOf(n)
		if !isText && !isMap(n) {
			r.problem(at(n), "data must be a JSON object, as a mapping or a text, not %s", describe(n))
			return
		}
		s.body = &ownData{data: r.value(n), asText: isText}
	})
}

func (r *reader) props(f field, s *step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, isText := textOf(n)
		if !isMap(n) && !(isText && isExpression(text)) {
			r.problem(at(n), "props must be a mapping, not %s", describe(n))
			return
		}
		props := r.value(n)
		s.event().props = &props
	})
}

func (r *reader) time(f field, s *step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, ok := scalarOf(n)
		if !ok {
			r.problem(at(n), "time must be UNIX seconds or RFC 3339, not %s", describe(n))
			return
		}
		if !isExpression(text) {
			if _, err := payload.ParseTime(text); err != nil {
				r.problem(at(n), "time: %v", err)
				return
			}
		}
		time := r.value(n)
		s.event().time = &time
	})
}

func (r *reader) set(f field, s *step) {
	var settings []setting
	for _, own := range r.fields(f.value, "set") {
		if _, err := payload.ParseUnset(own.name); err != nil {
			r.problem(at(own.key), "%v", err)
			continue
		}
		settings = append(settings, setting{strings.ReplaceAll(own.name, "=", `\=`), r.value(own.value)})
	}
	if s.kind == sendStep {
		s.event().set = settings
		return
	}
	s.fromTemplate().set = settings
}
