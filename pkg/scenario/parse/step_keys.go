package parse

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// deliveries are the steps that send an event, and replied those that get a
// reply of their own.
func deliveries() []scenario.Kind {
	return []scenario.Kind{scenario.Send, scenario.Template, scenario.Data}
}
func replied() []scenario.Kind { return append(deliveries(), scenario.Probe) }

// stepKeys are the keys of all kinds of steps. Those that say what a step does
// come first.
func stepKeys(c *apizee.Catalog) []key[scenario.Step] {
	keys := []key[scenario.Step]{
		{
			name: "send", about: "Send an event: an object and what happened to it, such as ticket create. Without the second word it is update.",
			schema: sendSchema(c), on: []scenario.Kind{scenario.Send}, read: (*reader).send,
		},
		{
			name: "template", about: "Send an event made from a template.",
			schema: textSchema(), on: []scenario.Kind{scenario.Template}, read: (*reader).template,
		},
		{
			name: "data", about: "Send this JSON: a mapping, or a text that is sent as it is.",
			schema: schema{"type": []string{"object", "string"}}, on: []scenario.Kind{scenario.Data}, read: (*reader).data,
		},
		{
			name: "pause", about: "Wait, for example 250ms.",
			schema: delaySchema(), on: []scenario.Kind{scenario.Pause},
			read: func(r *reader, f field, s *scenario.Step) { s.Pause = r.delay(f.value, "pause") },
		},
		{
			name: "together", about: "Send these at once; in which order they arrive is not certain.",
			schema: listSchema(ref("delivery"), 1), on: []scenario.Kind{scenario.Together}, read: (*reader).together,
		},
		{
			name: "probe", about: "Ask the application until what it answers is as expected: a method and a URL, such as GET http://localhost:3000/tickets/1.",
			schema: textSchema(), on: []scenario.Kind{scenario.Probe}, read: (*reader).probe,
		},
		{
			name: "name", about: "What the step is called in reports.", schema: textSchema(),
			read: func(r *reader, f field, s *scenario.Step) {
				s.Name = r.expression(at(f.value), r.text(f.value, "name"))
			},
		},
	}
	return append(append(keys, eventKeys()...), commonKeys()...)
}

// eventKeys are those that shape an event.
func eventKeys() []key[scenario.Step] {
	return []key[scenario.Step]{
		{
			name: "id", about: "The id of the object; the documented example when left out.",
			schema: schema{"type": []string{"integer", "string"}}, on: []scenario.Kind{scenario.Send},
			read: func(r *reader, f field, s *scenario.Step) { s.Event.ID = r.valueOf(f) },
		},
		{
			name: "time", about: "When it happened: UNIX seconds or RFC 3339; now when left out.",
			schema: schema{"type": []string{"integer", "string"}}, on: []scenario.Kind{scenario.Send}, read: (*reader).time,
		},
		{
			name: "props", about: "The props of the object; the documented example when left out.",
			schema: schema{"type": []string{"object", "string"}, "pattern": `\{\{`}, on: []scenario.Kind{scenario.Send}, read: (*reader).props,
		},
		{
			name: "dotted", about: "Write geoloc.lat and _parent.id as keys with a dot instead of nesting them.",
			schema: schema{"type": "boolean"}, on: []scenario.Kind{scenario.Send},
			read: func(r *reader, f field, s *scenario.Step) { s.Event.Dotted = r.boolean(f.value, "dotted") },
		},
		{
			name: "vars", about: "Values for the variables of the template.",
			schema: mapSchema(anySchema()), on: []scenario.Kind{scenario.Template}, read: (*reader).templateVars,
		},
		{
			name: "set", about: "Change the event before it is sent: a path such as props.geoloc.lat, and a value.",
			schema: mapSchema(anySchema()), on: []scenario.Kind{scenario.Send, scenario.Template}, read: (*reader).set,
		},
	}
}

// commonKeys are those of how something is sent and what must come back.
func commonKeys() []key[scenario.Step] {
	return []key[scenario.Step]{
		{
			name: "headers", about: "Headers for this request alone; null takes a default header away.",
			schema: ref("headers"), on: replied(),
			read: func(r *reader, f field, s *scenario.Step) { s.Headers = r.headers(f) },
		},
		{
			name: "body", about: "What the probe sends: a mapping is sent as JSON, a text as it is.",
			schema: anySchema(), on: []scenario.Kind{scenario.Probe},
			read: func(r *reader, f field, s *scenario.Step) { s.Probe.Body = r.valueOf(f) },
		},
		{
			name: "fault", about: "Deliver it badly on purpose.",
			schema: enumSchema(faultNames()), on: deliveries(), read: (*reader).fault,
		},
		{
			name: "allow-undocumented", about: "Send what the contract does not know.",
			schema: schema{"type": "boolean"}, on: deliveries(),
			read: func(r *reader, f field, s *scenario.Step) {
				s.AllowUndocumented = r.boolean(f.value, "allow-undocumented")
			},
		},
		{
			name: "order", about: "In which order the deliveries begin.",
			schema: enumSchema(orders()), on: []scenario.Kind{scenario.Together},
			read: func(r *reader, f field, s *scenario.Step) {
				s.Order = scenario.Order(r.choice(f.value, "order", orders()))
			},
		},
		{
			name: "times", about: "How often the same bytes are delivered.",
			schema: numberSchema(1, maxTimes), on: append([]scenario.Kind{scenario.Together}, deliveries()...),
			read: func(r *reader, f field, s *scenario.Step) { s.Times = r.number(f.value, "times", 1, maxTimes) },
		},
		{
			name: "repeat", about: "How often the step is done. {{ .n }} counts from 1.",
			schema: numberSchema(1, maxRepeat),
			read:   func(r *reader, f field, s *scenario.Step) { s.Repeat = r.number(f.value, "repeat", 1, maxRepeat) },
		},
		{
			name: "expect", about: "What the reply must be like.",
			schema: ref("expect"), on: append([]scenario.Kind{scenario.Together}, replied()...),
			read: func(r *reader, f field, s *scenario.Step) { s.Expect = r.expectation(f) },
		},
		{
			name: "capture", about: "Put values of the reply into variables: a name, and a path in the reply's JSON, such as job.id or items.0.state, as GJSON writes them.",
			schema: mapSchema(textSchema()), on: replied(), read: (*reader).capture,
		},
	}
}

func (r *reader) together(f field, s *scenario.Step) {
	s.Steps = r.steps(f, false)
	if len(s.Steps) > maxTogether {
		r.problem(at(f.key), "at most %d steps can be done together", maxTogether)
	}
	for _, inner := range s.Steps {
		switch {
		case inner.Kind != "" && !inner.Kind.Delivers():
			r.problem(place{inner.Line, inner.Column}, "%s cannot be done together with others; only send, template and data can", inner.Kind)
		case inner.Repeat > 0:
			r.problem(place{inner.Line, inner.Column}, "repeat goes to the together step as a whole, or write times for the same bytes")
		}
	}
}

func (r *reader) capture(f field, s *scenario.Step) {
	for _, own := range r.fields(f.value, "capture") {
		r.variableName(at(own.key), own.name)
		path := r.text(own.value, "the path of "+own.name)
		if path == "" && !r.failed(own) {
			r.problem(at(own.value), "the path of %s is empty", own.name)
		}
		s.Captures = append(s.Captures, scenario.Capture{Name: own.name, Path: path})
	}
}

func (r *reader) probe(f field, s *scenario.Step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, _ := textOf(n)
		method, url, found := strings.Cut(strings.TrimSpace(text), " ")
		if !found || !isMethod(method) {
			r.problem(at(n), "probe must be a method and a URL, such as GET http://localhost:3000/health, not %s", describe(n))
			return
		}
		s.Probe.Method, s.Probe.URL = method, r.checkedURL(at(n), strings.TrimSpace(url))
	})
}

func isMethod(word string) bool {
	return word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// orders are those of a together step.
func orders() []string {
	return []string{string(scenario.Given), string(scenario.Reverse), string(scenario.Shuffle)}
}

// faultNames are the faults that a single delivery can have. To change places
// takes two events: together with an order does that.
func faultNames() []string {
	var names []string
	for _, f := range fault.All() {
		plan := f.Plan(deliver.Options{})
		if f.Shape != fault.Order || plan != (deliver.Options{}) {
			names = append(names, f.Name)
		}
	}
	return names
}

func (r *reader) fault(f field, s *scenario.Step) {
	name := r.choice(f.value, "a fault", faultNames())
	if parsed, err := fault.Parse(name); err == nil {
		s.Fault = &parsed
	}
}
