package parse

import (
	"maps"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// scenarioKeys are the keys at the root, in the order in which they are read: later ones depend
// on earlier ones. What all deliveries have is evaluated for each of them, so it is read when it is
// known which variables the steps capture; yet it cannot require any of those.
func scenarioKeys() []key[scenario.Scenario] {
	return []key[scenario.Scenario]{
		{
			name: "name", about: "Name in reports. Default: the file name.",
			schema: textSchema(),
			read:   func(r *reader, f field, s *scenario.Scenario) { s.Name = r.text(f.value, "name") },
		},
		{
			name: "description", about: "What the scenario shows about an endpoint.",
			schema: textSchema(),
			read:   func(r *reader, f field, s *scenario.Scenario) { s.Description = r.text(f.value, "description") },
		},
		{
			name: "vars", about: "Variables for {{ }} expressions, with their values. A variable without a value must be set for each run.",
			schema: mapSchema(anySchema()),
			read:   func(r *reader, f field, s *scenario.Scenario) { s.Vars = r.variables(f) },
		},
		{
			name: "steps", about: "Steps, in order.",
			schema: listSchema(ref("step")),
			read: func(r *reader, f field, s *scenario.Scenario) {
				known := maps.Clone(r.known)
				s.Steps = r.steps(f, true)
				r.known = known
			},
		},
		{
			name: "target", about: "Endpoint. A flag, an environment variable or a profile overrides it; it overrides the rest of the configuration file.",
			schema: ref("target"),
			read:   func(r *reader, f field, s *scenario.Scenario) { readKeys(r, f, "target", r.keys.target, &s.Target) },
		},
		{
			name: "defaults", about: "Defaults of every delivery.",
			schema: ref("defaults"),
			read:   func(r *reader, f field, s *scenario.Scenario) { readKeys(r, f, "defaults", r.keys.defaults, s) },
		},
	}
}

func targetKeys() []key[scenario.Target] {
	return []key[scenario.Target]{
		{
			name: "url", about: "URL of the endpoint.",
			schema: textSchema(),
			read: func(r *reader, f field, t *scenario.Target) {
				t.URL = r.url(f, "url")
			},
		},
		{
			name: "headers", about: "Headers of every delivery; null removes a default header.",
			schema: ref("headers"),
			read:   func(r *reader, f field, t *scenario.Target) { t.Headers = r.headers(f) },
		},
	}
}

func defaultsKeys() []key[scenario.Scenario] {
	return []key[scenario.Scenario]{
		{
			name: "expect", about: "Expected response to every event, but not to probes. The expect of a step overrides single keys of it.",
			schema: ref("expect"),
			read:   func(r *reader, f field, s *scenario.Scenario) { r.expect = r.expectation(f) },
		},
		{
			name: "headers", about: "Headers of every delivery.",
			schema: ref("headers"),
			read:   func(r *reader, f field, s *scenario.Scenario) { s.Headers = r.headers(f) },
		},
	}
}

// url reads a URL. With expressions, it is checked during the run.
func (r *reader) url(f field, what string) (text string) {
	r.resolved(f.value, func(n *yaml.Node) {
		raw, ok := textOf(n)
		if !ok || raw == "" {
			r.problem(at(n), "%s must be a URL, not %s", what, describe(n))
			return
		}
		text = r.checkedURL(at(n), raw)
	})
	return text
}

func (r *reader) checkedURL(p place, raw string) string {
	text := r.expression(p, raw)
	known, ok := r.evalText(text)
	if !ok || text == "" {
		return text
	}
	if _, err := deliver.ParseURL(known); err != nil {
		r.problem(p, "%v", err)
	}
	return text
}

// headers reads headers to send.
func (r *reader) headers(f field) []scenario.Header {
	var headers []scenario.Header
	for _, own := range r.fields(f.value, f.name) {
		r.resolved(own.value, func(n *yaml.Node) {
			raw, ok := scalarOf(n)
			if !ok && !isEmpty(n) {
				r.problem(at(n), "header %s must be a string, not %s", own.name, describe(n))
				return
			}
			text := r.expression(at(n), raw)
			sample, ok := r.evalText(text)
			if !ok {
				sample = "unknown"
			}
			if _, err := deliver.NewHeader(own.name, sample); err != nil {
				r.problem(at(own.key), "%v", err)
				return
			}
			headers = append(headers, scenario.Header{Name: own.name, Text: text, Remove: isEmpty(n)})
		})
	}
	return headers
}
