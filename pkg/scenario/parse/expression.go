package parse

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// expression reads a text that may contain {{ }}, and returns it.
func (r *reader) expression(p place, text string) string {
	if !expr.Is(text) {
		return text
	}
	x, err := r.engine.Compile(text)
	var unknown *expr.UnknownFunctionError
	switch {
	case errors.As(err, &unknown):
		suggestion := unknown.Nearest
		if r.known[unknown.Name] {
			suggestion = "." + unknown.Name
		}
		r.suggest(p, suggestion, "%v", err)
		return ""
	case err != nil:
		r.problem(p, "invalid expression: %v", err)
		return ""
	}
	for _, name := range x.Uses {
		if !r.known[name] {
			r.word(p, name, slices.Sorted(maps.Keys(r.known)), "unknown variable %s", expr.Quote(name))
			return ""
		}
	}
	if _, _, err := r.eval(text); err != nil {
		r.problem(p, "%v", err)
		return ""
	}
	return text
}

func (r *reader) variables(f field) []scenario.Variable {
	var vars []scenario.Variable
	for _, own := range r.fields(f.value, "vars") {
		v := scenario.Variable{Name: own.name}
		given, isGiven := r.options.Vars[own.name]
		switch {
		case isGiven:
			json, err := payload.JSON(given)
			if err != nil {
				r.problem(at(own.key), "the value of %s: %v", own.name, err)
			}
			v.Value = expr.Value{JSON: json}
		case r.isNull(own.value):
			p := at(own.key)
			r.add(Problem{Line: p.line, Column: p.column, Message: "variable " + expr.Quote(own.name) + " has no value; set one here", Variable: own.name})
		default:
			v.Value = r.value(own.value)
		}
		r.variableName(at(own.key), own.name)
		r.known[own.name] = true
		r.initialize(v)
		vars = append(vars, v)
	}
	return vars
}

func (r *reader) isNull(n *yaml.Node) (null bool) {
	r.resolved(n, func(n *yaml.Node) { null = isEmpty(n) })
	return null
}

// variableName checks the name of a variable.
func (r *reader) variableName(p place, name string) {
	word := func(c rune) bool {
		return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	isWord := name != "" && strings.TrimLeftFunc(name, word) == "" && (name[0] < '0' || name[0] > '9')
	switch {
	case !isWord:
		r.problem(p, "%s is not a valid variable name; use letters, digits and _", expr.Quote(name))
	case name == scenario.Counter:
		r.problem(p, "%s is reserved for the number of the repetition", expr.Quote(name))
	}
}
