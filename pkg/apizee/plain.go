package apizee

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// plainEvent is the event in a body about which there is nothing to say, and
// which is written as Apizee writes it: no white space, no escapes, the fields
// in documented order. Nearly all bodies are so. They need neither a list of
// members nor words, which is most of the time that a body takes.
//
// What is sound JSON is not decided here. Where no string has an escape and no name
// comes twice, a check of the syntax and one of the UTF-8 say as much as the decoder,
// in less time.
func (c *Catalog) plainEvent(text string) (e Event, ok bool) {
	p := plain{catalog: c, text: text}
	ok = p.fields() && p.at == len(text) && gjson.Valid(text) && utf8.ValidString(text)
	return p.event, ok
}

// plain walks through a body for as long as it is plain.
type plain struct {
	catalog *Catalog
	text    string
	at      int
	event   Event
	// Whether there was a group, such as geoloc, or a prop with a dot in its name.
	nested, dotted bool
}

func (p *plain) fields() bool {
	var values [len(fieldNames) - 1]string // all but props
	for i := range values {
		if !p.named(fieldNames[i]) {
			return false
		}
		values[i] = p.value()
	}
	name, time, object, id := values[0], values[1], values[2], values[3]
	if !isString(name) || !isString(object) {
		return false
	}
	p.event = Event{Name: inside(name), Time: time, Object: inside(object), ID: id}
	o := p.catalog.lookupObject(p.event.Object)
	p.event.documented = o
	return o != nil && p.catalog.isDocumentedEvent(p.event.Name) && isOrdinaryTime(time) && o.isOrdinaryID(id) &&
		p.named(fieldNames[len(values)]) && p.props(o) && p.skip('}')
}

func (p *plain) props(o *Object) bool {
	if strings.HasPrefix(p.text[p.at:], "{}") {
		p.at += len("{}")
		return true
	}
	p.event.Props = make([]Value, 0, len(o.Props))
	for p.peek() != '}' {
		if !p.member(o) {
			return false
		}
	}
	return p.skip('}') && !(p.nested && p.dotted)
}

// member walks through one member of props: a prop, or a group of them.
func (p *plain) member(o *Object) bool {
	name := p.name()
	if p.peek() == '{' {
		return p.group(o, name)
	}
	p.dotted = p.dotted || strings.IndexByte(name, '.') >= 0
	return p.prop(o.prop(name))
}

func (p *plain) group(o *Object, group string) bool {
	if p.nested {
		return false // it may be the same again
	}
	p.nested = true
	for more := true; more; more = p.peek() != '}' {
		if !p.prop(o.nestedProp(group, p.name())) {
			return false
		}
	}
	return p.skip('}')
}

func (p *plain) prop(prop *Prop) bool {
	if prop == nil {
		return false
	}
	if _, given := p.event.Prop(prop.Path); given {
		return false
	}
	value := p.value()
	p.event.Props = append(p.event.Props, Value{prop.Path, value})
	return prop.isOrdinary(value)
}

// named passes the beginning of a member, if it has this name.
func (p *plain) named(name string) bool {
	rest, end := p.text[p.at:], len(`{"`)+len(name)
	if len(rest) < end+len(`":`) || rest[len(`{"`):end] != name || rest[1] != '"' || rest[end] != '"' || rest[end+1] != ':' {
		return false
	}
	p.at += end + len(`":`)
	return rest[0] == '{' || rest[0] == ','
}

// name passes the beginning of a member, whose name it returns; or "".
func (p *plain) name() string {
	if !p.skip('{') && !p.skip(',') {
		return ""
	}
	name := p.string()
	if name == "" || !p.skip(':') {
		return ""
	}
	return inside(name)
}

// value passes a string, or what may be a number; or it returns "".
func (p *plain) value() string {
	if p.peek() == '"' {
		return p.string()
	}
	for i := p.at; i < len(p.text) && p.text[i] > ' '; i++ {
		if c := p.text[i]; c == ',' || c == '}' {
			return p.pass(i)
		}
	}
	return ""
}

// string passes a string without escapes, or returns "".
func (p *plain) string() string {
	if p.peek() != '"' {
		return ""
	}
	for i := p.at + 1; i < len(p.text) && p.text[i] != '\\'; i++ {
		if p.text[i] == '"' {
			return p.pass(i + 1)
		}
	}
	return ""
}

func (p *plain) pass(end int) string {
	passed := p.text[p.at:end]
	p.at = end
	return passed
}

// peek is the next byte, or 0 at the end.
func (p *plain) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *plain) skip(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func isString(value string) bool { return value != "" && value[0] == '"' }

// inside is a string without its quotes.
func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

func isOrdinaryInteger(value string) bool { return value != "" && isNumber(value) && isPlain(value) }

func isOrdinaryTime(value string) bool {
	if !isOrdinaryInteger(value) {
		return false
	}
	seconds := Seconds(value)
	return seconds >= 0 && !isMilliseconds(seconds)
}

func (o *Object) isOrdinaryID(value string) bool {
	if isString(value) {
		return value != `""` && slices.Contains(o.ID.Types, Text)
	}
	return isOrdinaryInteger(value) && slices.Contains(o.ID.Types, Integer)
}

// isOrdinary tells whether there is nothing to say about a prop's value.
func (p *Prop) isOrdinary(value string) bool {
	switch {
	case p.Type == Integer:
		return isOrdinaryInteger(value)
	case p.Type == Number:
		return value != "" && isNumber(value) && (p.Range == nil || p.Range.contains(value))
	case !isString(value):
		return false
	case p.Type == DateTime:
		return isDateTime(inside(value)) && !strings.HasSuffix(inside(value), "Z")
	}
	return len(p.Values) == 0 || slices.Contains(p.Values, inside(value))
}
