package apizee

import "strings"

// Event is what could be read of a body, broken or not, for showing it. Its
// texts are as the sender wrote them.
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

// Text is the value as people read it: a string without its quotes, anything
// else as its JSON.
func (v Value) Text() string { return unquote(v.JSON) }

// IDText is the id as people read it, without quotes.
func (e Event) IDText() string { return unquote(e.ID) }

// Prop finds the value of a prop by its documented path.
func (e Event) Prop(path string) (Value, bool) {
	for _, v := range e.Props {
		if v.Path == path {
			return v, true
		}
	}
	return Value{}, false
}

// Summary is the props in few words, most telling first: "state=invited",
// "47.866675,-3.865805", "ticket/100". Documented props come in documented
// order, others after them as they came.
func (e Event) Summary() []string {
	if len(e.Props) == 0 {
		return nil
	}
	words := make([]string, 0, len(e.Props))
	o := e.documented
	if o != nil {
		words = e.documentedWords(words)
	}
	for _, v := range e.Props {
		if o == nil || o.prop(v.Path) == nil {
			words = append(words, v.Path+"="+readable(v))
		}
	}
	return words
}

// documentedWords adds words for the documented props, of which some are one word in pairs.
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
				words, paired = append(words, v.Text()+pair.Joint+w.Text()), pair.With
				continue
			}
		}
		words = append(words, path+"="+readable(v))
	}
	return words
}

// readable keeps the quotes of a string only where it would run into the next
// word without them.
func readable(v Value) string {
	text := v.Text()
	if text == "" || strings.ContainsAny(text, " \t\r\n\"") {
		return v.JSON
	}
	return text
}
