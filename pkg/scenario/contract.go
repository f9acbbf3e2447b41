package scenario

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// contract holds what a step sends for certain against what is documented.
func (r *reader) contract(s *step, fields []field) {
	switch b := s.body.(type) {
	case *event:
		r.eventContract(b, s, fields)
	case *fromTemplate:
		r.templateContract(b, s.place, fields)
	case *ownData:
		if sample, ok := b.sample(); ok && !s.undocumented {
			r.findings(r.options.Catalog.Validate(sample), func(path string) place {
				way := append([]string{"data"}, strings.Split(path, ".")...)
				return r.placeOnWay(fields, way)
			})
		}
	}
}

// templateContract checks that a template gets the variables that it has.
func (r *reader) templateContract(b *fromTemplate, p place, fields []field) {
	if _, found := r.templates[b.name]; !found {
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
	if err := b.template.Unused(vars); err != nil {
		r.problem(p, "%v", err)
	}
	for _, v := range b.template.Vars() {
		if _, given := vars[v.Name]; v.Required && !given {
			r.problem(p, "template %s needs the variable %s", b.name, quote(v.Name))
		}
	}
}

// eventContract checks what is known of an event, and keeps it.
func (r *reader) eventContract(b *event, s *step, fields []field) {
	if b.object == "" {
		return // that was reported
	}
	key := b.essence()
	if known, ok := r.sound[key]; ok && !b.isOpen() {
		b.summary, b.fixed, b.sound = known.summary, known.fixed, known.sound
		return
	}
	sample := b.sample(r.options.Catalog)
	report := r.options.Catalog.Validate(sample)
	b.sound = len(report.Findings) == 0
	b.summary = strings.Join(append([]string{b.object, b.name}, report.Event.Summary()...), " ")
	if !s.undocumented {
		r.findings(report, func(path string) place { return r.placeInSend(fields, path) })
	}
	if b.isOpen() {
		return
	}
	head, tail, _ := strings.Cut(string(sample), `"time":0,`)
	b.fixed = &[2]string{head + `"time":`, "," + tail}
	if b.sound && len(r.sound) < maxSound {
		r.sound[key] = b
	}
}

// maxSound bounds how many events are remembered to be sound: large files repeat
// few, or each occurs once.
const maxSound = 1024

// essence is all that a settled event consists of, but for its time.
type essence struct{ object, name, id, props string }

func (b *event) essence() essence {
	e := essence{object: b.object, name: b.name}
	if b.id != nil {
		e.id = b.id.json
	}
	if b.props != nil {
		e.props = b.props.json
	}
	return e
}

// isOpen tells whether more than the time of the event depends on the run.
func (b *event) isOpen() bool {
	open := func(v *value) bool { return v != nil && !v.isSettled() }
	return b.time != nil || b.dotted || len(b.set) > 0 || open(b.id) || open(b.props)
}

// findings reports what breaks the contract.
func (r *reader) findings(report apizee.Report, where func(path string) place) {
	for _, f := range report.Findings {
		p := where(f.Path)
		if f.Severity != apizee.Error || r.isBlamed(p) {
			continue
		}
		text := f.Message
		if f.Suggestion == "" {
			text = f.Advice() + "; allow-undocumented: true sends it anyway"
		}
		r.suggest(p, f.Suggestion, "%s", text)
	}
}

// sample is the event with what is known of it before it is made.
func (b *event) sample(c *apizee.Catalog) []byte {
	fields := payload.Fields{Event: b.name, Object: b.object, Time: []byte("0")}
	if b.id != nil && b.id.isSettled() {
		fields.ID = []byte(b.id.json)
	} else if _, documented := c.LookupObject(b.object); !documented {
		fields.ID = []byte("1")
	}
	if b.props == nil {
		fields.Props = exampleProps(c, b.object, b.name)
	} else if settled, ok := b.props.settled(); ok {
		fields.Props = []byte(settled)
	}
	body, _ := payload.Compose(c, fields) // all of it is JSON
	return body
}

// sample is the body when nothing in it is an expression.
func (b *ownData) sample() (body []byte, ok bool) {
	if !b.data.isSettled() {
		return nil, false
	}
	body, err := b.data.content(nil, b.asText)
	return body, err == nil
}

// placeInSend is where in a send step the part of the event stands that a path
// names.
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

// placeOnWay follows names down mappings as far as they lead; a name may be
// written with dots.
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
