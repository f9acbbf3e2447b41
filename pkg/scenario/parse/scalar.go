package parse

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// text reads a string literally.
func (r *reader) text(n *yaml.Node, what string) string { return literal(r.rawText(n, what)) }

// rawText reads a string that may have expressions.
func (r *reader) rawText(n *yaml.Node, what string) (text string) {
	r.resolved(n, func(n *yaml.Node) {
		var ok bool
		if text, ok = textOf(n); !ok {
			r.problem(at(n), "%s must be a string, not %s", what, describe(n))
		}
	})
	return text
}

// number reads an integer from 1 to most.
func (r *reader) number(n *yaml.Node, what string, most int) int {
	number := 1
	r.resolved(n, func(n *yaml.Node) {
		if n = r.typed(n); n.Tag != tagInt {
			r.problem(at(n), "%s must be an integer, not %s", what, describe(n))
			return
		}
		value, err := strconv.Atoi(yamlfile.Number(n))
		if err != nil || value < 1 || value > most {
			r.problem(at(n), "%s must be from 1 to %d, not %s", what, most, describe(n))
			return
		}
		number = value
	})
	return number
}

func (r *reader) boolean(n *yaml.Node, what string) (value bool) {
	r.resolved(n, func(n *yaml.Node) {
		if n = r.typed(n); n.Tag != tagBool {
			r.problem(at(n), "%s must be true or false, not %s", what, describe(n))
			return
		}
		value = isTrue(n)
	})
	return value
}

// choice reads one of a few words; "" means that it is not one of them.
func (r *reader) choice(n *yaml.Node, what string, words []string) (word string) {
	r.resolved(n, func(n *yaml.Node) {
		got, ok := textOf(n)
		switch {
		case !ok:
			r.problem(at(n), "%s must be one of %s, not %s", what, strings.Join(words, ", "), describe(n))
		case slices.Contains(words, got):
			word = got
		default:
			r.word(at(n), got, words, "unknown %s %s", what, expr.Quote(got))
		}
	})
	return word
}

// delay reads a duration such as 250ms, or an expression for one.
func (r *reader) delay(n *yaml.Node, what string) (d scenario.Delay) {
	r.resolved(n, func(n *yaml.Node) {
		text, ok := textOf(n)
		if !ok {
			r.problem(at(n), "%s must be a duration with a unit, such as 250ms or 2s, not %s", what, describe(n))
			return
		}
		if expr.Is(text) {
			d.Text = r.expression(at(n), text)
			if text, ok = r.evalText(d.Text); !ok || d.Text == "" {
				return
			}
		}
		var err error
		if d.Fixed, err = scenario.ParseDelay(text); err != nil {
			r.problem(at(n), "%s: %v", what, err)
		}
	})
	return d
}

// limit reads a duration greater than 0.
func (r *reader) limit(n *yaml.Node, what string) scenario.Delay {
	before := r.noted()
	d := r.delay(n, what)
	if _, known := r.evalText(d.Text); known && d.Fixed == 0 && r.noted() == before {
		r.problem(at(n), "%v", scenario.ErrZeroWithin)
	}
	return d
}

func (r *reader) valueOf(f field) *expr.Value {
	v := r.value(f.value)
	return &v
}

// value reads any YAML value.
func (r *reader) value(n *yaml.Node) (v expr.Value) {
	v = expr.Null() // for what is invalid
	r.resolved(n, func(n *yaml.Node) {
		switch n.Kind {
		case yaml.MappingNode:
			fields := r.fields(n, "it")
			names, members := make([]string, len(fields)), make([]expr.Value, len(fields))
			for i, f := range fields {
				r.literalKey(f)
				names[i], members[i] = f.name, r.value(f.value)
			}
			v = expr.Object(names, members)
		case yaml.SequenceNode:
			items := make([]expr.Value, len(n.Content))
			for i, item := range n.Content {
				items[i] = r.value(item)
			}
			v = expr.List(items)
		default:
			v = r.scalar(n)
		}
	})
	return v
}

func (r *reader) scalar(n *yaml.Node) expr.Value {
	if text, ok := textOf(n); ok {
		return expr.String(r.expression(at(n), text))
	}
	switch n.Tag {
	case tagNull:
		return expr.Null()
	case tagBool:
		return expr.Value{JSON: strconv.FormatBool(isTrue(n))}
	case tagInt, tagFloat:
		if digits := yamlfile.Number(n); digits != "" {
			return expr.Value{JSON: digits}
		}
	}
	r.problem(at(n), "%s is not a valid JSON value", describe(n))
	return expr.Null()
}
