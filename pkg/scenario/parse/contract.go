package parse

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// contract checks what is known of a step's event against the documented contract.
func (r *reader) contract(s *scenario.Step, fields []field) {
	switch s.Kind {
	case scenario.Send:
		r.eventContract(s, fields)
	case scenario.Template:
		r.templateContract(s, fields)
	case scenario.Data:
		r.dataContract(s, fields)
	}
}

// templateContract checks the variables of a template.
func (r *reader) templateContract(s *scenario.Step, fields []field) {
	p, t := place{s.Line, s.Column}, s.Rendered
	if _, found := r.templates[t.Name]; !found {
		return
	}
	vars := payload.Vars{}
	for _, f := range fields {
		if f.name == "vars" {
			p = at(f.key)
			for _, own := range r.fields(f.value, "vars") {
				vars[own.name] = nil
			}
		}
	}
	if err := t.Template.Unused(vars); err != nil {
		r.problem(p, "%v", err)
	}
	for _, v := range t.Template.Vars() {
		if _, given := vars[v.Name]; v.Required && !given {
			r.problem(p, "template %s requires the variable %s", t.Name, expr.Quote(v.Name))
		}
	}
}

// dataContract checks a body without expressions.
func (r *reader) dataContract(s *scenario.Step, fields []field) {
	if s.Data == nil || !s.Data.IsConstant() || s.AllowUndocumented {
		return
	}
	sample := s.Data.JSON
	if text := gjson.Parse(sample); text.Type == gjson.String {
		sample = text.String()
	}
	r.findings(nil, r.options.Catalog.Validate([]byte(sample)), func(path string) place {
		return r.placeOnWay(fields, append([]string{"data"}, strings.Split(path, ".")...))
	})
}

// eventContract checks what is known of an event, and adds the props of the example when it has
// none.
func (r *reader) eventContract(s *scenario.Step, fields []field) {
	e := s.Event
	if e.Object == "" {
		return // reported already
	}
	if e.Props == nil {
		e.Props = r.exampleProps(e)
	}
	sample := r.sample(e)
	report := r.options.Catalog.Validate(sample)
	s.Summary = strings.Join(append([]string{e.Object, e.Name}, report.Event.Summary()...), " ")
	if !s.AllowUndocumented {
		r.findings(e, report, func(path string) place { return r.placeInSend(fields, path) })
	}
	isKnown := func(v *expr.Value) bool { return v == nil || v.IsConstant() }
	if len(report.Findings) == 0 && isKnown(e.ID) && isKnown(e.Props) && e.Time == nil && !e.Dotted && len(s.Set) == 0 {
		e.Composed = string(sample)
	}
}

// exampleProps returns the props of the documented example, or nil.
func (r *reader) exampleProps(e *scenario.Event) *expr.Value {
	example, _, err := payload.Build(r.options.Catalog, payload.Spec{Object: e.Object, Event: e.Name}, 0)
	if err != nil {
		return nil // the object is undocumented
	}
	return &expr.Value{JSON: gjson.GetBytes(example, "props").Raw}
}

// sample returns the event with what is known of it before a run.
func (r *reader) sample(e *scenario.Event) []byte {
	fields := payload.Fields{Event: e.Name, Object: e.Object, Time: []byte("0")}
	if e.ID != nil && e.ID.IsConstant() {
		fields.ID = []byte(e.ID.JSON)
	} else if _, documented := r.options.Catalog.LookupObject(e.Object); !documented {
		fields.ID = []byte("1")
	}
	if e.Props != nil {
		if known, ok := e.Props.Constant(); ok {
			fields.Props = []byte(known.JSON)
		}
	}
	body, _ := payload.Compose(r.options.Catalog, fields) // all of it is JSON
	return body
}

// findings reports the findings that prevent an event from being sent.
func (r *reader) findings(e *scenario.Event, report apizee.Report, where func(path string) place) {
	for _, f := range report.Findings {
		p := where(f.Path)
		if !e.IsInvalid(f) || r.isBlamed(p) {
			continue
		}
		suggestion := f.Suggestion
		text := strings.TrimSuffix(f.String(), apizee.Suggest(suggestion))
		if suggestion == "" {
			text += "; allow-undocumented: true sends it anyway"
		}
		r.suggest(p, suggestion, "%s", text)
	}
}

// placeInSend returns where a path of the event is in a send step.
func (r *reader) placeInSend(fields []field, path string) place {
	way := strings.Split(path, ".")
	switch way[0] {
	case "objectId":
		way[0] = "id"
	case "object", "event":
		way = []string{"send"}
	}
	return r.placeOnWay(fields, way)
}

// placeOnWay follows names through nested mappings as far as they exist; a key may contain dots.
func (r *reader) placeOnWay(fields []field, way []string) (p place) {
	for n := len(way); n > 0; n-- {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == strings.Join(way[:n], ".") })
		if i < 0 {
			continue
		}
		r.resolved(fields[i].value, func(value *yaml.Node) {
			p = at(value)
			if isMap(value) && n < len(way) {
				if inner := r.placeOnWay(r.fields(value, way[0]), way[n:]); inner != (place{}) {
					p = inner
				}
			}
		})
		return p
	}
	return place{}
}
