package parse

import (
	"cmp"
	"slices"
	"strings"
	"time"

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
	p, t, before := place{s.Line, s.Column}, s.Rendered, r.noted()
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
	if r.noted() == before {
		r.renderedContract(s, fields, p)
	}
}

// renderedContract checks the event of a template whose variables are known, with some time and
// some ids. Its mistakes without a place are at p.
func (r *reader) renderedContract(s *scenario.Step, fields []field, p place) {
	json, whole := r.evaluated(s.Rendered.Vars)
	if !whole || r.spent > maxForesight {
		return
	}
	r.spent += renderCost
	vars, _ := payload.Decode([]byte(json)).(map[string]any)
	body, err := s.Rendered.Template.Render(vars, payload.Sources{
		Now:    func() time.Time { return time.Unix(1_600_000_000, 0) },
		Random: func() uint64 { return 0 },
		Next:   func() int64 { return 1 },
	})
	if err != nil {
		r.problem(p, "%v", err)
		return
	}
	r.changedContract(s, fields, body, true, func(path string) place {
		name := path[strings.LastIndexByte(path, '.')+1:]
		return cmp.Or(r.placeOnWay(fields, []string{"vars", name}), p)
	})
}

// dataContract checks a body that is known.
func (r *reader) dataContract(s *scenario.Step, fields []field) {
	sample, whole := r.evaluatedContent(s.Data)
	if s.Data == nil || !whole || s.AllowUndocumented {
		return
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
	if e.ID == nil && s.AllowUndocumented && !r.hasExampleID(e.Object) {
		r.problem(place{s.Line, s.Column}, "no id is documented for %s; set one", e.Object)
	}
	sample, isConstant := r.sample(e, constant)
	report := r.options.Catalog.Validate(sample)
	s.Summary = strings.Join(append([]string{e.Object, e.Name}, report.Event.Summary()...), " ")
	if isConstant && len(report.Findings) == 0 && e.Time == nil && !e.Dotted && len(s.Set) == 0 {
		e.Composed = string(sample)
		return
	}
	sample, whole := r.sample(e, r.evaluated)
	r.changedContract(s, fields, sample, whole, func(path string) place { return r.placeInSend(fields, path) })
}

// changedContract checks an event with the changes that a step makes to it. Whole means that all of
// the event is known.
func (r *reader) changedContract(s *scenario.Step, fields []field, event []byte, whole bool, where func(path string) place) {
	var unknown []string // paths
	for _, own := range s.Set {
		json, known := r.evaluated(&own.To)
		change, err := payload.ParseSet(own.Path + "=" + json)
		var changed []byte
		if known && err == nil {
			changed, err = payload.Apply(r.options.Catalog, event, []payload.Change{change})
		}
		switch {
		case known && err == nil:
			event = changed
		case known && whole && len(unknown) == 0:
			r.problem(r.placeInSet(fields, own.Path), "set: %v", err)
		default:
			unknown = append(unknown, own.Path)
		}
	}
	if s.Event != nil && s.Event.Dotted && len(unknown) == 0 {
		if _, err := payload.Dotted(r.options.Catalog, event); err != nil {
			r.problem(cmp.Or(r.placeInSet(fields, "props"), where("props")), "%v", err)
		}
	}
	if s.AllowUndocumented {
		return
	}
	report := r.options.Catalog.Validate(event)
	report.Findings = slices.DeleteFunc(report.Findings, func(f apizee.Finding) bool {
		return slices.ContainsFunc(unknown, func(path string) bool {
			return path == "object" || path == "event" || overlap(path, f.Path)
		})
	})
	r.findings(s.Event, report, func(path string) place {
		return cmp.Or(r.placeInSet(fields, path), where(path), place{s.Line, s.Column})
	})
}

// exampleProps returns the props of the example, or nil.
func (r *reader) exampleProps(e *scenario.Event) *expr.Value {
	example, _, err := payload.Build(r.options.Catalog, payload.Spec{Object: e.Object, Event: e.Name}, 0)
	if err != nil {
		return nil // the object is undocumented
	}
	return &expr.Value{JSON: gjson.GetBytes(example, "props").Raw}
}

func (r *reader) hasExampleID(object string) bool {
	o, _ := r.options.Catalog.LookupObject(object)
	return o.ID.Example != ""
}

// sample returns the event with what is known of it, and whether that is all but its time.
func (r *reader) sample(e *scenario.Event, known func(*expr.Value) (json string, whole bool)) (body []byte, whole bool) {
	fields := payload.Fields{Event: e.Name, Object: e.Object, Time: []byte("0")}
	id, isWholeID := known(e.ID)
	if id != "" {
		fields.ID = []byte(id)
	} else if !r.hasExampleID(e.Object) {
		fields.ID = []byte("1")
	}
	props, isWhole := known(e.Props)
	if props != "" {
		fields.Props = []byte(props)
	}
	body, _ = payload.Compose(r.options.Catalog, fields) // all of it is JSON
	return body, isWholeID && isWhole
}

// findings reports the findings that prevent an event from being sent.
func (r *reader) findings(e *scenario.Event, report apizee.Report, where func(path string) place) {
	for _, f := range report.Findings {
		p := where(f.Path)
		if !e.IsInvalid(f) || r.isBlamed(p) {
			continue
		}
		if e != nil && (f.Path == "object" || f.Path == "event") {
			f.Suggestion = cmp.Or(r.options.Catalog.MeantEvent(e.Object, e.Name), f.Suggestion)
		}
		suggestion := f.Suggestion
		text := strings.TrimSuffix(f.String(), apizee.Suggest(suggestion))
		if suggestion == "" {
			text += cmp.Or(r.hint(p, text), "; allow-undocumented: true sends it anyway")
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

// placeInSet returns where a path of the event is set by a change, or the zero place.
func (r *reader) placeInSet(fields []field, path string) (p place) {
	for _, f := range fields {
		if f.name != "set" {
			continue
		}
		for _, own := range r.fields(f.value, "set") {
			if overlap(own.name, strings.ReplaceAll(path, `\=`, "=")) {
				p = at(own.value)
			}
		}
	}
	return p
}

// overlap reports whether one of two paths is inside the other, or the same.
func overlap(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
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
