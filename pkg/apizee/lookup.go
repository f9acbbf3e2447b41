package apizee

import "slices"

// Events are the documented event names.
func Events() []Word { return slices.Clone(events) }

// EventNames are the documented event names without their descriptions.
func EventNames() []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Name
	}
	return names
}

// Objects is the catalog of documented objects, in documented order. Callers
// read it and change nothing.
func Objects() []Object { return slices.Clone(objects) }

// ObjectNames are the documented object names.
func ObjectNames() []string {
	names := make([]string, len(objects))
	for i, o := range objects {
		names[i] = o.Name
	}
	return names
}

// ElsewhereObjects are object names that only other Apizee pages mention.
func ElsewhereObjects() []string { return slices.Clone(elsewhereObjects) }

// LookupObject finds a documented object by its exact name.
func LookupObject(name string) (Object, bool) {
	if o := lookupObject(name); o != nil {
		return *o, true
	}
	return Object{}, false
}

func lookupObject(name string) *Object {
	for i := range objects {
		if objects[i].Name == name {
			return &objects[i]
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
func Fields() []Field {
	return []Field{
		{Name: "event", Type: Text, Description: "name of the event", Values: EventNames(), Elsewhere: slices.Clone(elsewhereEvents)},
		{Name: "time", Type: Integer, Description: "UNIX timestamp at the time of the event, in seconds"},
		{Name: "object", Type: Text, Description: "name of the target object", Values: ObjectNames(), Elsewhere: ElsewhereObjects()},
		{Name: "objectId", Type: ID, Description: "identifier of the target object; its type depends on the object"},
		{Name: "props", Type: Map, Description: "properties of the target object; they depend on the object"},
	}
}

// FieldNames are the names of the five members, in documented order.
func FieldNames() []string { return slices.Clone(fieldNames[:]) }

var fieldNames = [5]string{"event", "time", "object", "objectId", "props"}
