package scenario

import (
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// scenarioKeys are in the order in which they are read: what comes later uses
// what is known by then.
func scenarioKeys() []key[Scenario] {
	return []key[Scenario]{
		{
			name: "name", about: "What the scenario is called in reports; the name of the file when left out.",
			schema: textSchema(),
			read:   func(r *reader, f field, s *Scenario) { s.Name = r.text(f.value, "name") },
		},
		{
			name: "description", about: "What the scenario proves about an endpoint.",
			schema: textSchema(),
			read:   func(r *reader, f field, s *Scenario) { s.Description = r.text(f.value, "description") },
		},
		{
			name: "vars", about: "Variables for {{ }} expressions. One without a value must be given with --var.",
			schema: mapSchema(anySchema()),
			read:   func(r *reader, f field, s *Scenario) { s.vars = r.variables(f) },
		},
		{
			name: "target", about: "Where the events go, unless the command line says so.",
			schema: ref("target"),
			read:   func(r *reader, f field, s *Scenario) { readKeys(r, f, "target", r.keys.target, &s.target) },
		},
		{
			name: "defaults", about: "What holds for every delivery that says nothing itself.",
			schema: ref("defaults"),
			read:   func(r *reader, f field, s *Scenario) { readKeys(r, f, "defaults", r.keys.defaults, &s.defaults) },
		},
		{
			name: "steps", about: "What happens, one after the other.",
			schema: listSchema(ref("step"), 1),
			read:   func(r *reader, f field, s *Scenario) { s.steps = r.steps(f, true) },
		},
	}
}

func targetKeys() []key[target] {
	return []key[target]{
		{
			name: "url", about: "The URL of the endpoint.",
			schema: textSchema(),
			read: func(r *reader, f field, t *target) {
				t.url = r.url(f, "url")
			},
		},
		{
			name: "headers", about: "Headers sent with every delivery; null takes a default header away.",
			schema: ref("headers"),
			read:   func(r *reader, f field, t *target) { t.headers = r.headers(f) },
		},
	}
}

func defaultsKeys() []key[defaults] {
	return []key[defaults]{
		{
			name: "expect", about: "What every reply to an event must be like.",
			schema: ref("expect"),
			read:   func(r *reader, f field, d *defaults) { d.expect = r.expect(f) },
		},
		{
			name: "headers", about: "Headers sent with every delivery.",
			schema: ref("headers"),
			read:   func(r *reader, f field, d *defaults) { d.headers = r.headers(f) },
		},
	}
}

// url reads a URL. One that holds expressions is checked when it is known.
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
	if isExpression(text) || text == "" {
		return text
	}
	if _, err := deliver.ParseURL(text); err != nil {
		r.problem(p, "%v", err)
	}
	return text
}

// headers reads headers to send.
func (r *reader) headers(f field) []header {
	var headers []header
	for _, own := range r.fields(f.value, f.name) {
		r.resolved(own.value, func(n *yaml.Node) {
			raw, ok := scalarOf(n)
			if !ok && !isEmpty(n) {
				r.problem(at(n), "header %s must be a text, not %s", own.name, describe(n))
				return
			}
			text := r.expression(at(n), raw)
			sample := text
			if isExpression(text) {
				sample = "known later"
			}
			if _, err := deliver.NewHeader(own.name, sample); err != nil {
				r.problem(at(own.key), "%v", err)
				return
			}
			headers = append(headers, header{own.name, text})
		})
	}
	return headers
}

var variablePattern = lazily(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variableName checks a name that is about to be a variable.
func (r *reader) variableName(p place, name string) {
	switch {
	case !variablePattern().MatchString(name):
		r.problem(p, "%s cannot be a variable; its name may hold letters, digits and _", quote(name))
	case name == counterName:
		r.problem(p, "%s is taken: it counts the rounds of repeat", quote(name))
	}
}

// counterName is the variable that counts the rounds of a repeated step.
const counterName = "n"

func (r *reader) variables(f field) []variable {
	var vars []variable
	for _, own := range r.fields(f.value, "vars") {
		v := variable{name: own.name}
		given, isGiven := r.options.Vars[own.name]
		switch {
		case isGiven:
			v.given = given
		case r.isNull(own.value):
			r.problem(at(own.key), "%s has no value; give it one here, or with --var %s=VALUE", own.name, own.name)
		default:
			v.value = r.value(own.value)
		}
		r.variableName(at(own.key), own.name)
		r.known[own.name] = true
		vars = append(vars, v)
	}
	return vars
}

func (r *reader) isNull(n *yaml.Node) (null bool) {
	r.resolved(n, func(n *yaml.Node) { null = isEmpty(n) })
	return null
}
