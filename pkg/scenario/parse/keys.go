package parse

import (
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// key is one key of a mapping in a scenario file.
type key[T any] struct {
	name   string
	about  string // the description in the JSON Schema
	schema schema // of the value
	read   func(*reader, field, *T)
	on     []scenario.Kind // the kinds of steps that have it; nil means all
}

func (k key[T]) goesWith(step scenario.Kind) bool { return k.on == nil || slices.Contains(k.on, step) }

// tables are all keys of a scenario file. Both the parser and the JSON Schema use them.
type tables struct {
	scenario []key[scenario.Scenario]
	target   []key[scenario.Target]
	defaults []key[scenario.Scenario]
	step     []key[scenario.Step]
	expect   []key[scenario.Expectation]
	matchers []scenario.Matcher
}

func newTables(c *apizee.Catalog) tables {
	return tables{
		scenario: scenarioKeys(),
		target:   targetKeys(),
		defaults: defaultsKeys(),
		step:     stepKeys(c),
		expect:   expectKeys(),
		matchers: scenario.Matchers(),
	}
}

// readKeys reads a mapping into a struct by its table of keys.
func readKeys[T any](r *reader, f field, what string, keys []key[T], into *T) {
	readFields(r, r.fields(f.value, what), what, keys, into)
}

func readFields[T any](r *reader, fields []field, what string, keys []key[T], into *T) {
	for _, own := range fields {
		i := slices.IndexFunc(keys, func(k key[T]) bool { return k.name == own.name })
		if i < 0 {
			r.word(at(own.key), own.name, names(keys), "unknown key %s in %s", expr.Quote(own.name), what)
			continue
		}
		keys[i].read(r, own, into)
	}
}

func names[T any](keys []key[T]) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}
