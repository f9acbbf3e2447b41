package scenario

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// text reads a string that is taken as it is.
func (r *reader) text(n ast.Node, what string) (text string) {
	r.resolved(n, func(n ast.Node) {
		var ok bool
		if text, ok = textOf(n); !ok {
			r.problem(at(n), "%s must be a text, not %s", what, describe(n))
		}
	})
	return text
}

// number reads an integer within bounds.
func (r *reader) number(n ast.Node, what string, least, most int) int {
	number := least
	r.resolved(n, func(n ast.Node) {
		i, ok := n.(*ast.IntegerNode)
		if !ok {
			r.problem(at(n), "%s must be a whole number, not %s", what, describe(n))
			return
		}
		value, small := i.Value.(int64)
		if u, unsigned := i.Value.(uint64); unsigned && u <= uint64(most) {
			value, small = int64(u), true
		}
		if !small || value < int64(least) || value > int64(most) {
			r.problem(at(n), "%s must be from %d to %d, not %s", what, least, most, describe(n))
			return
		}
		number = int(value)
	})
	return number
}

func (r *reader) boolean(n ast.Node, what string) (value bool) {
	r.resolved(n, func(n ast.Node) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.problem(at(n), "%s must be true or false, not %s", what, describe(n))
			return
		}
		value = b.Value
	})
	return value
}

// choice reads one of a few words.
func (r *reader) choice(n ast.Node, what string, words []string) (word string) {
	r.resolved(n, func(n ast.Node) {
		got, ok := textOf(n)
		if !ok {
			r.problem(at(n), "%s must be one of %s, not %s", what, strings.Join(words, ", "), describe(n))
			return
		}
		for _, w := range words {
			if w == got {
				word = w
				return
			}
		}
		r.word(at(n), got, words, "%s is not known as %s", quote(got), what)
	})
	return word
}

// maxDelay is the longest pause or wait that a scenario can ask for.
const maxDelay = 24 * time.Hour

// delay reads a duration such as 250ms, or an expression that makes one.
func (r *reader) delay(n ast.Node, what string) (d delay) {
	r.resolved(n, func(n ast.Node) {
		text, ok := textOf(n)
		if !ok {
			r.problem(at(n), "%s must be a duration with a unit, such as 250ms or 2s, not %s", what, describe(n))
			return
		}
		if isExpression(text) {
			d.text = r.expression(at(n), text)
			return
		}
		var err error
		if d.fixed, err = parseDelay(text); err != nil {
			r.problem(at(n), "%s: %v", what, err)
		}
	})
	return d
}
