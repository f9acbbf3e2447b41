package apizee

import "strings"

// Event is what could be read of a body, broken or not, for showing it. Its
// texts are as the sender wrote them.
type Event struct {
	Name   string // "update"
	Time   string // the JSON of the time field
	Object string // "ticket"
	ID     string // 100 or a public id, without quotes
	Props  []Value
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
	var words []string
	done := make(map[string]bool, len(e.Props))
	pair := func(first, second, joint string) {
		a, okA := e.Prop(first)
		b, okB := e.Prop(second)
		if okA && okB {
			words = append(words, a.Text()+joint+b.Text())
			done[first], done[second] = true, true
		}
	}
	single := func(v Value) {
		if !done[v.Path] {
			words = append(words, v.Path+"="+readable(v))
			done[v.Path] = true
		}
	}
	if o := lookupObject(e.Object); o != nil {
		for _, p := range o.Props {
			switch p.Path {
			case "geoloc.lat":
				pair("geoloc.lat", "geoloc.lng", ",")
			case "_parent.name":
				pair("_parent.name", "_parent.id", "/")
			}
			if v, ok := e.Prop(p.Path); ok {
				single(v)
			}
		}
	}
	for _, v := range e.Props {
		single(v)
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
