package apizee

import (
	"slices"
	"strings"
)

// EventNames are the documented event names without their descriptions.
func (c *Catalog) EventNames() []string { return wordNames(c.Events) }

func wordNames(words []Word) []string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.Name
	}
	return names
}

// EventsOf are the documented events of an object.
func (c *Catalog) EventsOf(o Object) []Word {
	if o.Events == nil {
		return c.Events
	}
	return slices.DeleteFunc(slices.Clone(c.Events), func(w Word) bool { return !slices.Contains(o.Events, w.Name) })
}

// EventNamesOf are the names of the documented events of an object.
func (c *Catalog) EventNamesOf(o Object) []string { return wordNames(c.EventsOf(o)) }

// DefaultEvent is the event of an object unless another is asked for: an update, where
// one is documented.
func (o Object) DefaultEvent() string {
	if o.Events == nil || slices.Contains(o.Events, Update) {
		return Update
	}
	return o.Events[0]
}

// ObjectNames are the names of all objects, documented or partly documented.
func (c *Catalog) ObjectNames() []string { return c.objectNames(func(*Object) bool { return true }) }

// DocumentedNames are the names of the documented objects.
func (c *Catalog) DocumentedNames() []string {
	return c.objectNames(func(o *Object) bool { return !o.PartlyDocumented })
}

// PartlyDocumentedNames are the names of the other objects.
func (c *Catalog) PartlyDocumentedNames() []string {
	return c.objectNames(func(o *Object) bool { return o.PartlyDocumented })
}

func (c *Catalog) objectNames(include func(*Object) bool) []string {
	var names []string
	for i := range c.Objects {
		if include(&c.Objects[i]) {
			names = append(names, c.Objects[i].Name)
		}
	}
	return names
}

// pageEvents are the names that pages give to the events of partly documented objects,
// such as "conversationevent.create". Like PartlyDocumented words, they give a warning.
func (c *Catalog) pageEvents() []string {
	var names []string
	for i := range c.Objects {
		if o := &c.Objects[i]; o.PartlyDocumented {
			for _, event := range o.Events {
				names = append(names, o.Name+"."+event)
			}
		}
	}
	return names
}

// LookupObject finds an object by its exact name.
func (c *Catalog) LookupObject(name string) (Object, bool) {
	if o := c.lookupObject(name); o != nil {
		return *o, true
	}
	return Object{}, false
}

func (c *Catalog) lookupObject(name string) *Object {
	for i := range c.Objects {
		if c.Objects[i].Name == name {
			return &c.Objects[i]
		}
	}
	return nil
}

// NearestObject is the name of the object that was most likely meant by name, or "".
func (c *Catalog) NearestObject(name string) string {
	for i := range c.Objects {
		if o := &c.Objects[i]; o.AlsoCalled != "" && strings.EqualFold(o.AlsoCalled, name) {
			return o.Name
		}
	}
	return Nearest(name, c.ObjectNames())
}

// MeantEvent is the object and the event that are meant by words in the other order, or by a first word such
// as "ticket.update", in the form "ticket update". It is "" for other words.
func (c *Catalog) MeantEvent(first, second string) string {
	if object, event, dotted := strings.Cut(first, "."); dotted {
		first, second = event, object
	}
	if o := c.lookupObject(second); o != nil && slices.Contains(c.EventNamesOf(*o), first) {
		return second + " " + first
	}
	return ""
}

// MeantProp is the path of the prop that has a name as its path or flag, or is in the group of that name. It
// is "" if there is none.
func (c *Catalog) MeantProp(name string) string {
	for i := range c.Objects {
		o := &c.Objects[i]
		if o.isGroup(name) {
			return name
		}
		for _, p := range o.Props {
			if p.Path == name || p.Flag == name {
				return p.Path
			}
		}
	}
	return ""
}

// Prop finds a documented prop by its path.
func (o Object) Prop(path string) (Prop, bool) {
	if p := o.prop(path); p != nil {
		return *p, true
	}
	return Prop{}, false
}

func (o *Object) prop(path string) *Prop {
	for i := range o.Props {
		if o.Props[i].Path == path {
			return &o.Props[i]
		}
	}
	return nil
}

// DefaultProps are the props of a documented event: those that each example has, and those
// that are documented with the values that are given, or else with the examples.
func (o Object) DefaultProps(given map[string]string) []Prop {
	var shown []string
	for _, p := range o.Props {
		value, isGiven := given[p.Path]
		if !isGiven {
			value = p.ExampleText()
		}
		for _, variant := range p.Variants {
			if variant.Value == value {
				shown = append(shown, variant.Props...)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(o.Props), func(p Prop) bool { return !p.Default && !slices.Contains(shown, p.Path) })
}

// PropPaths are the documented names of the props, in documented order.
func (o Object) PropPaths() []string {
	paths := make([]string, len(o.Props))
	for i, p := range o.Props {
		paths[i] = p.Path
	}
	return paths
}

// Fields are the five members of an event's body, in documented order.
func (c *Catalog) Fields() []Field {
	return []Field{
		{Name: "event", Type: Text, Description: "name of the event", Values: c.EventNames(), PartlyDocumented: c.pageEvents()},
		{Name: "time", Type: Integer, Description: "UNIX timestamp at the time of the event, in seconds"},
		{Name: "object", Type: Text, Description: "name of the target object", Values: c.DocumentedNames(), PartlyDocumented: c.PartlyDocumentedNames()},
		{Name: "objectId", Type: ID, Description: "identifier of the target object; its type depends on the object"},
		{Name: "props", Type: Map, Description: "properties of the target object; they depend on the object"},
	}
}

// FieldNames are the names of the five members, in documented order.
func FieldNames() []string { return slices.Clone(fieldNames[:]) }

var fieldNames = [5]string{"event", "time", "object", "objectId", "props"}
