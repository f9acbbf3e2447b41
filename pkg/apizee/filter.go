package apizee

import (
	"slices"
	"strings"
)

// Filter selects events. The zero value selects all of them. It is safe for use by
// several goroutines at once.
type Filter struct{ conditions []condition }

// condition is met by an event whose value at key is one of values, or is none of
// them if negate is set.
type condition struct {
	text   string // as it was written
	key    string // "object", or "props.geoloc.lat"
	negate bool
	values []string
}

// propsKey is the prefix of the key of a prop.
const propsKey = "props."

// ParseFilter parses expressions that must all match:
//
//	object=ticket                the field has this value
//	props.state=invited,closed   or one of several
//	event!=delete                or none of them
//
// A key is a field (event, time, object, objectId) or "props." and the documented
// name of a prop, with a dot even if the event nests it. Values are compared as text,
// so 100 matches both 100 and "100". A missing field or prop has
// none of the values.
//
// An expression that can match no documented event is an error that lists what is
// documented. An undocumented prop may have any value.
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

// Match reports whether the filter selects an event.
func (f Filter) Match(e Event) bool {
	return !slices.ContainsFunc(f.conditions, func(c condition) bool {
		value, found := e.lookup(c.key)
		return !c.holds(value, found)
	})
}

func (c condition) holds(value string, found bool) bool {
	return (found && slices.Contains(c.values, value)) != c.negate
}

// lookup finds the text at the key of a filter.
func (e Event) lookup(key string) (text string, found bool) {
	switch key {
	case "event":
		return e.Name, e.Name != ""
	case "time":
		return e.Time, e.Time != ""
	case "object":
		return e.Object, e.Object != ""
	case "objectId":
		return e.IDText(), e.ID != ""
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

// FilterValues are the documented values of a key, in documented order; none if any
// value is valid or the key is undocumented.
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
