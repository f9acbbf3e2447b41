package parse

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

const stepsKey = "steps"

// steps reads a list of steps. When they run in order, each can use the captures of those
// before it.
func (r *reader) steps(f field, inTurn bool) []scenario.Step {
	items := r.items(f.value, f.name)
	switch {
	case len(items) == 0 && !r.failed(f):
		r.problem(at(f.key), "%s must have at least one step", f.name)
	case len(items) > maxSteps:
		r.problem(at(f.key), "a scenario can have at most %d steps", maxSteps)
		return nil
	}
	steps := make([]scenario.Step, len(items))
	for i, item := range items {
		r.resolved(item, func(n *yaml.Node) { steps[i] = r.step(n) })
		if inTurn {
			r.learn(steps[i])
		}
	}
	return steps
}

// learn adds the variables that a step captures to the known ones.
func (r *reader) learn(s scenario.Step) {
	for _, c := range s.Captures {
		r.known[c.Name] = true
		delete(r.engine.Vars, c.Name)
	}
	for _, inner := range s.Steps {
		r.learn(inner)
	}
}

func (r *reader) step(n *yaml.Node) scenario.Step {
	s := scenario.Step{Line: n.Line, Column: n.Column}
	if !isMap(n) {
		r.problem(at(n), "a step must be a mapping such as {send: ticket update}, not %s", describe(n))
		return s
	}
	fields := r.fields(n, "a step")
	switch s.Kind = r.kindOf(n, fields); s.Kind {
	case "":
		return s
	case scenario.Send:
		s.Event = &scenario.Event{}
	case scenario.Template:
		s.Rendered = &scenario.Rendered{}
	case scenario.Probe:
		s.Probe = &scenario.Request{}
	}
	for _, f := range fields {
		r.stepKey(f, &s)
	}
	s.Summary = summary(&s)
	r.contract(&s, fields)
	return s
}

// summary returns what a step does; that of a send step is set with its event.
func summary(s *scenario.Step) string {
	switch s.Kind {
	case scenario.Template:
		return "template " + s.Rendered.Name
	case scenario.Pause:
		return "pause " + s.Pause.String()
	case scenario.Together:
		return fmt.Sprintf("%d together", len(s.Steps))
	}
	return string(s.Kind)
}

// kindOf returns the kind of a step, from the one key for its action.
func (r *reader) kindOf(n *yaml.Node, fields []field) scenario.Kind {
	var found []field
	for _, f := range fields {
		if slices.Contains(kindNames(), f.name) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 1:
		return scenario.Kind(found[0].name)
	case 0:
		r.noKind(n, fields)
	default:
		r.problem(at(found[1].key), "a step must have one action; this one has %s and %s", found[0].name, found[1].name)
	}
	return ""
}

// noKind reports a step without an action, or its first unknown key, which may be a misspelled
// one.
func (r *reader) noKind(n *yaml.Node, fields []field) {
	for _, f := range fields {
		if !slices.Contains(names(r.keys.step), f.name) {
			r.word(at(f.key), f.name, kindNames(), "unknown key %s in a step", expr.Quote(f.name))
			return
		}
	}
	r.problem(at(n), "the step has no action; add one of %s", strings.Join(kindNames(), ", "))
}

func (r *reader) stepKey(f field, s *scenario.Step) {
	for _, k := range r.keys.step {
		if k.name != f.name {
			continue
		}
		if !k.goesWith(s.Kind) {
			r.problem(at(f.key), "%s is not a key of a %s step", expr.Quote(f.name), s.Kind)
			return
		}
		k.read(r, f, s)
		return
	}
	if prop := r.options.Catalog.MeantProp(f.name); s.Kind == scenario.Send && prop != "" {
		r.suggest(at(f.key), "props."+prop, "unknown key %s in a send step", expr.Quote(f.name))
		return
	}
	r.word(at(f.key), f.name, names(keysOf(r.keys.step, s.Kind)), "unknown key %s in a %s step", expr.Quote(f.name), s.Kind)
}

// keysOf returns the keys of one kind of steps.
func keysOf(keys []key[scenario.Step], s scenario.Kind) []key[scenario.Step] {
	return slices.DeleteFunc(slices.Clone(keys), func(k key[scenario.Step]) bool { return !k.goesWith(s) })
}

func kindNames() []string {
	names := make([]string, len(scenario.Kinds()))
	for i, k := range scenario.Kinds() {
		names[i] = string(k)
	}
	return names
}
