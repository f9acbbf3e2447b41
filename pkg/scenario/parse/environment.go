package parse

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// environment replaces references to environment variables in the values of a node. A value
// without quotes gets its type after that, as it would have without the reference. What a
// variable holds is not evaluated as an expression.
func (r *reader) environment(n *yaml.Node) {
	for i, inner := range n.Content {
		if isKey := n.Kind == yaml.MappingNode && i%2 == 0; !isKey {
			r.environment(inner)
		}
	}
	if n.Kind == yaml.AliasNode {
		r.follow(n)
	}
	if n.Kind != yaml.ScalarNode || !r.refers(n.Value) {
		return
	}
	expanded, err := yamlfile.Expand(n.Value, func(name string) (string, bool) {
		value, set := r.options.LookupEnv(name)
		if set && redact.IsSecret(name) {
			r.secrets = append(r.secrets, value)
		}
		return strings.ReplaceAll(value, "{{", literalBraces), set
	})
	var wrong *yamlfile.ReferenceError
	switch {
	case errors.As(err, &wrong):
		r.problem(at(n), "%s is not a valid reference to an environment variable, such as %s", expr.Quote(wrong.Text), yamlfile.References)
	case err != nil:
		r.problem(at(n), "%v", err)
	default:
		r.quote(n, expanded)
		yamlfile.SetValue(n, expanded)
		return
	}
	r.unexpanded[at(n)] = true
	yamlfile.SetValue(n, unforeseeable)
}

// refers reports whether a text has a reference to an environment variable.
func (r *reader) refers(text string) bool {
	return r.options.LookupEnv != nil && yamlfile.Refers(text)
}

// follow gives an alias what is known of the reference at its anchor.
func (r *reader) follow(alias *yaml.Node) {
	if q, ok := r.quoted[at(alias.Alias)]; ok {
		r.quoted[at(alias)] = q
	}
	if r.unexpanded[at(alias.Alias)] {
		r.unexpanded[at(alias)] = true
	}
}

// unforeseeable is an expression whose result is not known before the run. Nothing is checked with
// it.
const unforeseeable = "{{ unix }}"

// literalBraces is an expression for {{.
const literalBraces = `{{"{{"}}`

// literal returns a text that is no expression, with what variables hold.
func literal(text string) string { return strings.ReplaceAll(text, literalBraces, "{{") }

// literalKey reports an expression or a reference in a key, where neither is evaluated.
func (r *reader) literalKey(f field) {
	switch {
	case expr.Is(f.name):
		r.problem(at(f.key), "the key %s must not have an expression; only values can", expr.Quote(f.name))
	case r.refers(f.name):
		r.problem(at(f.key), "the key %s must not have a reference to an environment variable; only values can", expr.Quote(f.name))
	}
}
