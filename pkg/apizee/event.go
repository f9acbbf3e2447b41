package apizee

import (
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// Event is what could be read of a body, valid or not. Its texts are as received.
type Event struct {
	Name   string // "update"
	Time   string // the JSON of the time field
	Object string // "ticket"
	ID     string // the JSON of the objectId field: 100, or a public id
	Props  []Value

	documented *Object // nil when the object is not documented
}

// Value is one prop of an event. Nested and dotted spellings of a documented
// prop have the same Path.
type Value struct {
	Path string
	JSON string
}

// Text is the value as text: a string without its quotes, anything else as JSON.
func (v Value) Text() string { return jsonscan.Unquote(v.JSON) }

// IDText is the id without quotes.
func (e Event) IDText() string { return jsonscan.Unquote(e.ID) }

// Prop finds the value of a prop by its documented path.
func (e Event) Prop(path string) (Value, bool) {
	for _, v := range e.Props {
		if v.Path == path {
			return v, true
		}
	}
	return Value{}, false
}

// The limits of a summary for one prop, in characters, and for all, in bytes: an event
// can have any number of props of any length.
const (
	longestWord    = 200
	longestSummary = 600
)

// Summary is a short form of the props: "state=invited",
// "47.866675,-3.865805", "ticket/100", "ticket.new". Documented props come in documented
// order, others after them in the order received. Long values are truncated, and when
// there are too many props, the last word is the number of the others.
func (e Event) Summary() []string {
	if len(e.Props) == 0 {
		return nil
	}
	words := make([]string, 0, min(len(e.Props), 8))
	o := e.documented
	if o != nil {
		words = e.documentedWords(words)
	}
	length := 0
	for _, word := range words {
		length += len(word)
	}
	for i, v := range e.Props {
		if o != nil && o.prop(v.Path) != nil {
			continue
		}
		if length > longestSummary {
			return append(words, fmt.Sprintf("(%d more)", e.others(i)))
		}
		words = append(words, word(v))
		length += len(words[len(words)-1])
	}
	return words
}

// others counts the undocumented props from the i-th on.
func (e Event) others(i int) int {
	n := 0
	for _, v := range e.Props[i:] {
		if e.documented == nil || e.documented.prop(v.Path) == nil {
			n++
		}
	}
	return n
}

// documentedWords adds the words of the documented props. A pair of props is one word.
func (e Event) documentedWords(words []string) []string {
	o := e.documented
	paired := ""
	for i := range o.Props {
		path := o.Props[i].Path
		v, given := e.Prop(path)
		if !given || path == paired {
			continue
		}
		if pair := o.Props[i].Pair; pair != nil {
			if w, given := e.Prop(pair.With); given {
				words, paired = append(words, Clip(v.Text()+pair.Joint+w.Text(), longestWord)), pair.With
				continue
			}
		}
		if o.Props[i].Variants != nil { // it says what the event is
			words = append(words, Clip(readable(v), longestWord))
			continue
		}
		words = append(words, word(v))
	}
	return words
}

// word is a prop and its value.
func word(v Value) string { return Clip(v.Path+"="+readable(v), longestWord) }

// readable keeps the quotes of a string only where the words of a summary would be
// ambiguous without them.
func readable(v Value) string {
	text := v.Text()
	if text == "" || strings.ContainsAny(text, " \t\r\n\"") {
		return v.JSON
	}
	return text
}
