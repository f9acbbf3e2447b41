package scenario

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const stepsKey = "steps"

// steps reads a list of steps. If they are done in turn, each knows what those
// before it captured.
func (r *reader) steps(f field, inTurn bool) []step {
	items := r.items(f.value, f.name)
	switch {
	case len(items) == 0 && !r.failed(f):
		r.problem(at(f.key), "%s has no step in it", f.name)
	case len(items) > MaxSteps:
		r.problem(at(f.key), "a scenario has at most %d steps", MaxSteps)
		return nil
	}
	steps := make([]step, len(items))
	for i, item := range items {
		r.resolved(item, func(n *yaml.Node) { steps[i] = r.step(n) })
		if inTurn {
			r.learn(steps[i])
		}
	}
	return steps
}

// learn makes known what a step captures.
func (r *reader) learn(s step) {
	for _, c := range s.captures {
		r.known[c.name] = true
	}
	for _, inner := range s.steps {
		r.learn(inner)
	}
}

// failed tells whether a problem was noted for a value, so that no second one
// follows from it.
func (r *reader) failed(f field) bool { return r.isBlamed(at(f.value)) }

func (r *reader) isBlamed(p place) bool {
	return slices.ContainsFunc(r.problems, func(found Problem) bool {
		return found.Line == int(p.line) && found.Column == int(p.column)
	})
}

func (r *reader) step(n *yaml.Node) step {
	s := step{place: at(n)}
	if !isMap(n) {
		r.problem(at(n), "a step must be a mapping such as {send: ticket update}, not %s", describe(n))
		return s
	}
	fields := r.fields(n, "a step")
	if s.kind = r.kindOf(n, fields); s.kind == "" {
		return s
	}
	for _, f := range fields {
		r.stepKey(f, &s)
	}
	r.contract(&s, fields)
	return s
}

// kindOf finds the one key that says what a step does.
func (r *reader) kindOf(n *yaml.Node, fields []field) kind {
	var found []field
	for _, f := range fields {
		if slices.Contains(kindNames(), f.name) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 1:
		return kind(found[0].name)
	case 0:
		r.noKind(n, fields)
	default:
		r.problem(at(found[1].key), "a step does one thing; this one has %s and %s", found[0].name, found[1].name)
	}
	return ""
}

// noKind blames the key that is nearest to one that says what a step does.
func (r *reader) noKind(n *yaml.Node, fields []field) {
	for _, f := range fields {
		if !slices.Contains(names(r.keys.step), f.name) {
			r.word(at(f.key), f.name, kindNames(), "a step has no key %s", quote(f.name))
			return
		}
	}
	r.problem(at(n), "the step does nothing; it needs one of %s", strings.Join(kindNames(), ", "))
}

func (r *reader) stepKey(f field, s *step) {
	for _, k := range r.keys.step {
		if k.name != f.name {
			continue
		}
		if !k.goesWith(s.kind) {
			r.problem(at(f.key), "a %s step has no key %s", s.kind, quote(f.name))
			return
		}
		k.read(r, f, s)
		return
	}
	r.word(at(f.key), f.name, namesFor(r.keys.step, s.kind), "a %s step has no key %s", s.kind, quote(f.name))
}

func (k key[T]) goesWith(step kind) bool { return k.on == nil || slices.Contains(k.on, step) }

func namesFor(keys []key[step], s kind) []string {
	var names []string
	for _, k := range keys {
		if k.goesWith(s) {
			names = append(names, k.name)
		}
	}
	return names
}

func kinds() []kind {
	return []kind{sendStep, templateStep, dataStep, pauseStep, togetherStep, probeStep}
}

func kindNames() []string {
	names := make([]string, len(kinds()))
	for i, k := range kinds() {
		names[i] = string(k)
	}
	return names
}
