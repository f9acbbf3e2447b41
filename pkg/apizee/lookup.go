package apizee

import "slices"

// EventNames are the documented event names without their descriptions.
func (c *Catalog) EventNames() []string {
	names := make([]string, len(c.Events))
	for i, e := range c.Events {
		names[i] = e.Name
	}
	return names
}

// ObjectNames are the documented object names.
func (c *Catalog) ObjectNames() []string {
	names := make([]string, len(c.Objects))
	for i, o := range c.Objects {
		names[i] = o.Name
	}
	return names
}

// LookupObject finds a documented object by its exact name.
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
		{Name: "event", Type: Text, Description: "name of the event", Values: c.EventNames(), PartlyDocumented: c.PartlyDocumentedEvents},
		{Name: "time", Type: Integer, Description: "UNIX timestamp at the time of the event, in seconds"},
		{Name: "object", Type: Text, Description: "name of the target object", Values: c.ObjectNames(), PartlyDocumented: c.PartlyDocumentedObjects},
		{Name: "objectId", Type: ID, Description: "identifier of the target object; its type depends on the object"},
		{Name: "props", Type: Map, Description: "properties of the target object; they depend on the object"},
	}
}

// FieldNames are the names of the five members, in documented order.
func FieldNames() []string { return slices.Clone(fieldNames[:]) }

var fieldNames = [5]string{"event", "time", "object", "objectId", "props"}
