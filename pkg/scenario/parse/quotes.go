package parse

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// quotes are the references to environment variables in quotes, which they need inside of { }.
type quotes struct {
	quoted map[place]quoted

	unquote string             // the value to read without quotes, or ""
	reread  map[string]*reader // readings without the quotes of one value
}

type quoted struct {
	text  string     // with the reference
	plain *yaml.Node // the value without quotes
}

// maxReread is the maximum number of values for which a file is read again.
const maxReread = 8

// quote keeps a value in quotes.
func (r *reader) quote(n *yaml.Node, expanded string) {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
		return
	}
	text, plain := n.Value, *n
	plain.Style = 0
	yamlfile.SetValue(&plain, expanded)
	if text == r.unquote {
		n.Style = 0
	}
	r.quoted[at(n)] = quoted{text, &plain}
}

// typed returns a value that cannot be a string: of one in quotes with a reference, the value without
// them.
func (r *reader) typed(n *yaml.Node) *yaml.Node {
	if q, ok := r.quoted[at(n)]; ok {
		return q.plain
	}
	return n
}

// hint returns a hint about a message that quotes a number, if its value would be valid without
// quotes.
func (r *reader) hint(p place, message string) string {
	q, ok := r.quotedIn(p, message)
	if !ok || !r.isValidUnquoted(p, q.text) {
		return ""
	}
	hint := fmt.Sprintf("; without quotes %s is a number", q.text)
	convert := "int"
	if q.plain.Tag == tagFloat {
		convert = "float64"
	}
	if _, err := r.engine.Eval(fmt.Sprintf("{{ %s %q }}", convert, q.plain.Value)); err == nil {
		hint += fmt.Sprintf(", as is '{{ %s %s }}'", convert, expr.Quote(q.text))
	}
	return hint
}

// quotedIn returns the number in quotes, at a place or anywhere, that a message quotes.
func (r *reader) quotedIn(p place, message string) (found quoted, ok bool) {
	quotes := func(q quoted) bool { return isNumber(q.plain) && strings.Contains(message, expr.Quote(q.plain.Value)) }
	if own, isQuoted := r.quoted[p]; isQuoted {
		return own, quotes(own)
	}
	for _, q := range r.quoted {
		if quotes(q) {
			if ok && q.text != found.text {
				return quoted{}, false // nobody knows which
			}
			found, ok = q, true
		}
	}
	return found, ok
}

// isValidUnquoted reports whether the value at a place has no problem in a file in which a text, which
// may be elsewhere, is not in quotes.
func (r *reader) isValidUnquoted(p place, text string) bool {
	again, ok := r.reread[text]
	if !ok {
		if r.unquote != "" || len(r.reread) == maxReread {
			return false
		}
		again = newReader(r.file, r.source, r.options)
		again.unquote, again.templates = text, r.templates
		again.read()
		r.reread[text] = again
	}
	return again.omitted == 0 && !again.isBlamed(p)
}
