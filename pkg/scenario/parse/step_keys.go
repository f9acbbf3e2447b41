package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// deliveries are the kinds of steps that send an event, and responded those that get a response
// of their own.
func deliveries() []scenario.Kind {
	return slices.DeleteFunc(scenario.Kinds(), func(k scenario.Kind) bool { return !k.Delivers() })
}
func responded() []scenario.Kind { return append(deliveries(), scenario.Probe) }

// stepKeys are the keys of all kinds of steps. The keys for the action of a step come first.
func stepKeys(c *apizee.Catalog) []key[scenario.Step] {
	keys := []key[scenario.Step]{
		{
			name: "send", about: "Send an event: an object and an event name, such as ticket create. Default event: update.",
			schema: sendSchema(c), on: []scenario.Kind{scenario.Send}, read: (*reader).send,
		},
		{
			name: "template", about: "Send an event rendered from a template.",
			schema: textSchema(), on: []scenario.Kind{scenario.Template}, read: (*reader).template,
		},
		{
			name: "data", about: "Send this JSON: a mapping, or a string that is sent unchanged.",
			schema: schema{"type": []string{"object", "string"}}, on: []scenario.Kind{scenario.Data}, read: (*reader).data,
		},
		{
			name: "pause", about: "Wait for this duration, such as 250ms.",
			schema: delaySchema(), on: []scenario.Kind{scenario.Pause},
			read: func(r *reader, f field, s *scenario.Step) { s.Pause = r.delay(f.value, "pause") },
		},
		{
			name: "together", about: "Send these events concurrently; they may arrive in any order.",
			schema: listSchema(ref("delivery")), on: []scenario.Kind{scenario.Together}, read: (*reader).together,
		},
		{
			name: "probe", about: "Repeat a request until the response is as expected: a method and a URL, such as GET http://localhost:3000/tickets/1.",
			schema: textSchema(), on: []scenario.Kind{scenario.Probe}, read: (*reader).probe,
		},
		{
			name: "name", about: "Name of the step in reports.", schema: textSchema(),
			read: func(r *reader, f field, s *scenario.Step) {
				s.Name = r.expression(at(f.value), r.rawText(f.value, "name"))
			},
		},
	}
	return append(append(keys, eventKeys()...), commonKeys()...)
}

// eventKeys are the keys for the contents of an event.
func eventKeys() []key[scenario.Step] {
	return []key[scenario.Step]{
		{
			name: "id", about: "ID of the object. Default: an example.",
			schema: schema{"type": []string{"integer", "string"}}, on: []scenario.Kind{scenario.Send},
			read: func(r *reader, f field, s *scenario.Step) { s.Event.ID = r.valueOf(f) },
		},
		{
			name: "time", about: "Time of the event: UNIX seconds or RFC 3339. Default: now.",
			schema: schema{"type": []string{"integer", "string"}}, on: []scenario.Kind{scenario.Send}, read: (*reader).time,
		},
		{
			name: "props", about: "Props of the object. Default: an example.",
			schema: schema{"type": []string{"object", "string"}, "pattern": `\{\{`}, on: []scenario.Kind{scenario.Send}, read: (*reader).props,
		},
		{
			name: "dotted", about: "Write geoloc.lat and _parent.id as dotted keys instead of nested objects.",
			schema: booleanSchema(), on: []scenario.Kind{scenario.Send},
			read: func(r *reader, f field, s *scenario.Step) { s.Event.Dotted = r.boolean(f.value, "dotted") },
		},
		{
			name: "vars", about: "Variables of the template.",
			schema: mapSchema(anySchema()), on: []scenario.Kind{scenario.Template}, read: (*reader).templateVars,
		},
		{
			name: "set", about: "Changes to the event: paths, such as props.geoloc.lat, and their values.",
			schema: mapSchema(anySchema()), on: []scenario.Kind{scenario.Send, scenario.Template}, read: (*reader).set,
		},
	}
}

// commonKeys are the keys for how a request is sent, and for its response.
func commonKeys() []key[scenario.Step] {
	return []key[scenario.Step]{
		{
			name: "headers", about: "Headers of this request, which override all others; null removes a default header.",
			schema: ref("headers"), on: responded(),
			read: func(r *reader, f field, s *scenario.Step) { s.Headers = r.headers(f) },
		},
		{
			name: "body", about: "Body of the probe: a mapping is sent as JSON, a string unchanged.",
			schema: anySchema(), on: []scenario.Kind{scenario.Probe},
			read: func(r *reader, f field, s *scenario.Step) { s.Probe.Body = r.valueOf(f) },
		},
		{
			name: "fault", about: "Fault to inject into the delivery.",
			schema: enumSchema(faultNames()), on: deliveries(), read: (*reader).fault,
		},
		{
			name: "allow-undocumented", about: "Allow an event that is not documented.",
			schema: booleanSchema(), on: deliveries(),
			read: func(r *reader, f field, s *scenario.Step) {
				s.AllowUndocumented = r.boolean(f.value, "allow-undocumented")
			},
		},
		{
			name: "order", about: "Order in which the deliveries start.",
			schema: enumSchema(orders()), on: []scenario.Kind{scenario.Together},
			read: func(r *reader, f field, s *scenario.Step) {
				s.Order = scenario.Order(r.choice(f.value, "order", orders()))
			},
		},
		{
			name: "times", about: "Number of deliveries of the same bytes.",
			schema: numberSchema(maxTimes), on: append([]scenario.Kind{scenario.Together}, deliveries()...),
			read: func(r *reader, f field, s *scenario.Step) { s.Times = r.number(f.value, "times", maxTimes) },
		},
		{
			name: "repeat", about: "Number of repetitions. {{ .n }} is the number of the current one, from 1.",
			schema: numberSchema(maxRepeat),
			read:   func(r *reader, f field, s *scenario.Step) { s.Repeat = r.number(f.value, "repeat", maxRepeat) },
		},
		{
			name: "expect", about: "Expected response.",
			schema: ref("expect"), on: append([]scenario.Kind{scenario.Together}, responded()...),
			read: func(r *reader, f field, s *scenario.Step) { s.Expect = r.expectation(f) },
		},
		{
			name: "capture", about: "Variables to set from the JSON of the response: names, and GJSON paths such as job.id or items.0.state.",
			schema: mapSchema(textSchema()), on: responded(), read: (*reader).capture,
		},
	}
}

func (r *reader) together(f field, s *scenario.Step) {
	s.Steps = r.steps(f, false)
	if len(s.Steps) > maxTogether {
		r.problem(at(f.key), "together can have at most %d steps", maxTogether)
	}
	for _, inner := range s.Steps {
		switch {
		case inner.Kind != "" && !inner.Kind.Delivers():
			r.problem(place{inner.Line, inner.Column}, "%s is not allowed in together; only send, template and data are", inner.Kind)
		case inner.Repeat > 0:
			r.problem(place{inner.Line, inner.Column}, "repeat is not allowed in together; set it on the together step, or use times for the same bytes")
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

// orders are the orders of a together step.
func orders() []string {
	return []string{string(scenario.Given), string(scenario.Reverse), string(scenario.Shuffle)}
}

// faultNames are the faults of a single delivery. To deliver events out of order takes several:
// together with an order does that.
func faultNames() []string {
	var names []string
	for _, f := range fault.All() {
		if !f.Reorders() {
			names = append(names, f.Name)
		}
	}
	return names
}

func (r *reader) fault(f field, s *scenario.Step) {
	name := r.choice(f.value, "fault", faultNames())
	if parsed, err := fault.Parse(name); err == nil {
		s.Fault = &parsed
	}
}
