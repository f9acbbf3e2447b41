package scenario

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// text reads a string that is taken as it is.
func (r *reader) text(n *yaml.Node, what string) (text string) {
	r.resolved(n, func(n *yaml.Node) {
		var ok bool
		if text, ok = textOf(n); !ok {
			r.problem(at(n), "%s must be a text, not %s", what, describe(n))
		}
	})
	return text
}

// number reads an integer within bounds.
func (r *reader) number(n *yaml.Node, what string, least, most int) int {
	number := least
	r.resolved(n, func(n *yaml.Node) {
		if n.Tag != tagInt {
			r.problem(at(n), "%s must be a whole number, not %s", what, describe(n))
			return
		}
		var value int64
		if err := n.Decode(&value); err != nil || value < int64(least) || value > int64(most) {
			r.problem(at(n), "%s must be from %d to %d, not %s", what, least, most, describe(n))
			return
		}
		number = int(value)
	})
	return number
}

func (r *reader) boolean(n *yaml.Node, what string) (value bool) {
	r.resolved(n, func(n *yaml.Node) {
		if n.Tag != tagBool {
			r.problem(at(n), "%s must be true or false, not %s", what, describe(n))
			return
		}
		value = isTrue(n)
	})
	return value
}

// choice reads one of a few words.
func (r *reader) choice(n *yaml.Node, what string, words []string) (word string) {
	r.resolved(n, func(n *yaml.Node) {
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
func (r *reader) delay(n *yaml.Node, what string) (d delay) {
	r.resolved(n, func(n *yaml.Node) {
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

// limit reads a duration that something has to happen within.
func (r *reader) limit(n *yaml.Node, what string) delay {
	before := len(r.problems)
	d := r.delay(n, what)
	if !d.isSet() && len(r.problems) == before {
		r.problem(at(n), "%v", errNoTime)
	}
	return d
}

func isTrue(n *yaml.Node) bool { return strings.EqualFold(n.Value, "true") }
