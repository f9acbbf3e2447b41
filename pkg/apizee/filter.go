package apizee

import (
	"slices"
	"strings"
)

// Filter picks events. The zero value picks all of them. It is safe for use by
// several goroutines at once.
type Filter struct{ conditions []condition }

// condition holds for an event whose value at key is among values, or is not
// when it negates.
type condition struct {
	text   string // as it was written
	key    string // "object", or "props.geoloc.lat"
	negate bool
	values []string
}

// propsKey begins the key of a prop.
const propsKey = "props."

// ParseFilter reads expressions that must all hold:
//
//	object=ticket                the field has this value
//	props.state=invited,closed   or one of several
//	event!=delete                or none of them
//
// A key is a field (event, time, object, objectId) or "props." and the name of
// a prop, which is the documented, dotted one however a sender nests it.
// Values are compared as text, so 100 finds both 100 and "100". An event that
// lacks a prop has none of its values.
//
// An expression that the contract says can never match is an error, which
// names what is documented. A prop that is not documented may have any value.
func (c *Catalog) ParseFilter(expressions []string) (Filter, error) {
	var f Filter
	for _, text := range expressions {
		condition, err := c.parseCondition(text)
		if err != nil {
			return Filter{}, err
		}
		f.conditions = append(f.conditions, condition)
	}
	if err := f.check(c); err != nil {
		return Filter{}, err
	}
	return f, nil
}

// Match tells whether the filter picks an event.
func (f Filter) Match(e Event) bool {
	return !slices.ContainsFunc(f.conditions, func(c condition) bool {
		value, found := e.lookup(c.key)
		return !c.holds(value, found)
	})
}

func (c condition) holds(value string, found bool) bool {
	return (found && slices.Contains(c.values, value)) != c.negate
}

// lookup finds the text that a filter's key speaks of.
func (e Event) lookup(key string) (text string, found bool) {
	switch key {
	case "event":
		return e.Name, true
	case "time":
		return e.Time, true
	case "object":
		return e.Object, true
	case "objectId":
		return e.IDText(), true
	}
	value, found := e.Prop(strings.TrimPrefix(key, propsKey))
	return value.Text(), found
}

// FilterKeys are the documented keys of a filter, in documented order.
func (c *Catalog) FilterKeys() []string {
	keys := slices.DeleteFunc(FieldNames(), func(name string) bool { return name == "props" })
	for i := range c.Objects {
		for _, path := range c.Objects[i].PropPaths() {
			if !slices.Contains(keys, propsKey+path) {
				keys = append(keys, propsKey+path)
			}
		}
	}
	return keys
}

// FilterValues are the documented words that a key can have, in documented
// order; none when any value will do or the key is not documented.
func (c *Catalog) FilterValues(key string) []string {
	switch key {
	case "event":
		return c.EventNames()
	case "object":
		return c.ObjectNames()
	}
	var values []string
	for i := range c.Objects {
		if prop := c.Objects[i].prop(strings.TrimPrefix(key, propsKey)); prop != nil && strings.HasPrefix(key, propsKey) {
			values = appendNew(values, prop.Values...)
		}
	}
	return values
}

func appendNew(list []string, words ...string) []string {
	for _, word := range words {
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}
