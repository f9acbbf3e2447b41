package scenario

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

const (
	maxRepeat   = 1_000_000
	maxTimes    = 1000
	maxTogether = 1000
)

// deliveries are the steps that send an event, and replied those that get a
// reply of their own.
func deliveries() []kind { return []kind{sendStep, templateStep, dataStep} }
func replied() []kind    { return append(deliveries(), probeStep) }

// stepKeys are the keys of all kinds of steps. Those that say what a step does
// come first.
func stepKeys(c *apizee.Catalog) []key[step] {
	keys := []key[step]{
		{
			name: "send", about: "Send an event: an object and what happened to it, such as ticket create. Without the second word it is update.",
			schema: sendSchema(c), on: []kind{sendStep}, read: (*reader).send,
		},
		{
			name: "template", about: "Send an event made from a template.",
			schema: textSchema(), on: []kind{templateStep}, read: (*reader).template,
		},
		{
			name: "data", about: "Send this JSON: a mapping, or a text that is sent as it is.",
			schema: schema{"type": []string{"object", "string"}}, on: []kind{dataStep}, read: (*reader).data,
		},
		{
			name: "pause", about: "Wait, for example 250ms.",
			schema: delaySchema(), on: []kind{pauseStep},
			read: func(r *reader, f field, s *step) { s.pause = r.delay(f.value, "pause") },
		},
		{
			name: "together", about: "Send these at once; in which order they arrive is not certain.",
			schema: listSchema(ref("delivery"), 1), on: []kind{togetherStep}, read: (*reader).together,
		},
		{
			name: "probe", about: "Ask the application until what it answers is as expected: a method and a URL, such as GET http://localhost:3000/tickets/1.",
			schema: textSchema(), on: []kind{probeStep}, read: (*reader).probe,
		},
		{
			name: "name", about: "What the step is called in reports.", schema: textSchema(),
			read: func(r *reader, f field, s *step) { s.name = r.expression(at(f.value), r.text(f.value, "name")) },
		},
	}
	return append(append(keys, eventKeys()...), commonKeys()...)
}

// eventKeys are those that shape an event.
func eventKeys() []key[step] {
	return []key[step]{
		{
			name: "id", about: "The id of the object; the documented example when left out.",
			schema: schema{"type": []string{"integer", "string"}}, on: []kind{sendStep},
			read: func(r *reader, f field, s *step) { s.event().id = r.valueOf(f) },
		},
		{
			name: "time", about: "When it happened: UNIX seconds or RFC 3339; now when left out.",
			schema: schema{"type": []string{"integer", "string"}}, on: []kind{sendStep}, read: (*reader).time,
		},
		{
			name: "props", about: "The props of the object; the documented example when left out.",
			schema: schema{"type": []string{"object", "string"}, "pattern": `\{\{`}, on: []kind{sendStep}, read: (*reader).props,
		},
		{
			name: "dotted", about: "Write geoloc.lat and _parent.id as keys with a dot instead of nesting them.",
			schema: schema{"type": "boolean"}, on: []kind{sendStep},
			read: func(r *reader, f field, s *step) { s.event().dotted = r.boolean(f.value, "dotted") },
		},
		{
			name: "vars", about: "Values for the variables of the template.",
			schema: mapSchema(anySchema()), on: []kind{templateStep}, read: (*reader).templateVars,
		},
		{
			name: "set", about: "Change the event before it is sent: a path such as props.geoloc.lat, and a value.",
			schema: mapSchema(anySchema()), on: []kind{sendStep, templateStep}, read: (*reader).set,
		},
	}
}

// commonKeys are those of how something is sent and what must come back.
func commonKeys() []key[step] {
	return []key[step]{
		{
			name: "headers", about: "Headers for this request alone; null takes a default header away.",
			schema: ref("headers"), on: replied(),
			read: func(r *reader, f field, s *step) { s.headers = r.headers(f) },
		},
		{
			name: "body", about: "What the probe sends: a mapping is sent as JSON, a text as it is.",
			schema: anySchema(), on: []kind{probeStep},
			read: func(r *reader, f field, s *step) { s.asks().body = r.valueOf(f) },
		},
		{
			name: "fault", about: "Deliver it badly on purpose.",
			schema: enumSchema(faultNames()), on: deliveries(), read: (*reader).fault,
		},
		{
			name: "allow-undocumented", about: "Send what the contract does not know.",
			schema: schema{"type": "boolean"}, on: deliveries(),
			read: func(r *reader, f field, s *step) { s.undocumented = r.boolean(f.value, "allow-undocumented") },
		},
		{
			name: "order", about: "In which order the deliveries begin.",
			schema: enumSchema(orders()), on: []kind{togetherStep},
			read: func(r *reader, f field, s *step) { s.order = order(r.choice(f.value, "order", orders())) },
		},
		{
			name: "times", about: "How often the same bytes are delivered.",
			schema: numberSchema(1, maxTimes), on: append([]kind{togetherStep}, deliveries()...),
			read: func(r *reader, f field, s *step) { s.times = r.number(f.value, "times", 1, maxTimes) },
		},
		{
			name: "repeat", about: "How often the step is done. {{ .n }} counts from 1.",
			schema: numberSchema(1, maxRepeat),
			read:   func(r *reader, f field, s *step) { s.repeat = r.number(f.value, "repeat", 1, maxRepeat) },
		},
		{
			name: "expect", about: "What the reply must be like.",
			schema: ref("expect"), on: append([]kind{togetherStep}, replied()...),
			read: func(r *reader, f field, s *step) { s.expect = r.expect(f) },
		},
		{
			name: "capture", about: "Put values of the reply into variables: a name, and a path in the reply's JSON, such as job.id or items.0.state, as GJSON writes them.",
			schema: mapSchema(textSchema()), on: replied(), read: (*reader).capture,
		},
	}
}

func (r *reader) together(f field, s *step) {
	s.steps = r.steps(f, false)
	if len(s.steps) > maxTogether {
		r.problem(at(f.key), "at most %d steps can be done together", maxTogether)
	}
	for _, inner := range s.steps {
		switch {
		case inner.kind != "" && !inner.kind.delivers():
			r.problem(inner.place, "%s cannot be done together with others; only send, template and data can", inner.kind)
		case inner.repeat > 0:
			r.problem(inner.place, "repeat goes to the together step as a whole, or write times for the same bytes")
		}
	}
}

func (r *reader) capture(f field, s *step) {
	for _, own := range r.fields(f.value, "capture") {
		r.variableName(at(own.key), own.name)
		path := r.text(own.value, "the path of "+own.name)
		if path == "" && !r.failed(own) {
			r.problem(at(own.value), "the path of %s is empty", own.name)
		}
		s.captures = append(s.captures, capture{own.name, path})
	}
}

func (r *reader) probe(f field, s *step) {
	r.resolved(f.value, func(n *yaml.Node) {
		text, _ := textOf(n)
		method, url, found := strings.Cut(strings.TrimSpace(text), " ")
		if !found || !isMethod(method) {
			r.problem(at(n), "probe must be a method and a URL, such as GET http://localhost:3000/health, not %s", describe(n))
			return
		}
		s.asks().method, s.asks().url = method, r.checkedURL(at(n), strings.TrimSpace(url))
	})
}

func isMethod(word string) bool {
	return word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// asks is the probe of a step, whichever of its keys comes first.
func (s *step) asks() *probe {
	if s.probe == nil {
		s.probe = &probe{}
	}
	return s.probe
}

func (r *reader) valueOf(f field) *value {
	v := r.value(f.value)
	return &v
}
