package apizee

import (
	"slices"
	"strconv"
)

// The fixed parts of the request, as documented under "Webhooks > Events".
const (
	// Method is the only HTTP method Apizee sends.
	Method = "POST"
	// UserAgent is the documented default header.
	UserAgent = "Cloud Apizee"
	// ContentType is spelled with a capital JSON in the documentation's curl
	// command. Media types are case-insensitive (RFC 9110, 8.3.1), but a
	// receiver that compares strings meets exactly this one.
	ContentType = "application/JSON"
)

// Type is the JSON type that a documented value has.
type Type string

// The types that the documentation uses.
const (
	Integer  Type = "integer"
	Number   Type = "number"
	Text     Type = "string"
	DateTime Type = "date-time" // a string, RFC 3339 with a numeric offset
	ID       Type = "id"        // integer or string; see Object.ID
	Map      Type = "object"
)

// Word is one documented word and what it means.
type Word struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Field is one of the five members of an event's body, in documented order.
type Field struct {
	Name        string   `json:"name"`
	Type        Type     `json:"type"`
	Description string   `json:"description"`
	Values      []string `json:"values,omitempty"`
	// Elsewhere are words as in Prop.
	Elsewhere []string `json:"elsewhere,omitempty"`
}

// Range is an inclusive interval.
type Range struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
}

// Prop is one documented property of an object.
type Prop struct {
	// Path is the documented name; a dot in it is a nesting by default.
	Path string `json:"path"`
	// Flag is the short name that a command line gives it.
	Flag        string `json:"flag"`
	Type        Type   `json:"type"`
	Description string `json:"description"`
	// Values are the documented words; none means that any value of Type will do.
	Values []string `json:"values,omitempty"`
	// Elsewhere are words that other public Apizee pages use, which the
	// webhook page does not list: worth a notice, not an error.
	Elsewhere []string `json:"elsewhere,omitempty"`
	Range     *Range   `json:"range,omitempty"`
	// Example is the documented example value as JSON.
	Example string `json:"example"`
	// Default says that the prop belongs to the documented example event.
	Default bool `json:"default"`
}

// Identifier says what an object's objectId looks like.
type Identifier struct {
	Types       []Type `json:"types"`
	Example     string `json:"example"` // as JSON
	Description string `json:"description"`
}

// Object is one documented target object.
type Object struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	ID          Identifier `json:"id"`
	Props       []Prop     `json:"props"`
}

var events = []Word{
	{"create", "the object came into being"},
	{"update", "something about the object changed"},
	{"delete", "the object is gone; no props are documented for it"},
}

var objects = []Object{
	{
		Name:        "ticket",
		Description: "a ticket, whose state tells how far it has come",
		ID:          Identifier{[]Type{Integer}, "100", "the ticket's database id"},
		Props: []Prop{
			{
				Path: "state", Flag: "state", Type: Text, Description: "last recorded state",
				Values: []string{
					"new", "open", "opened", "invited", "inprogress", "updated",
					"expired", "declined", "rejected", "done", "closed",
				},
				Elsewhere: []string{"cancelled"},
				Example:   `"invited"`, Default: true,
			},
			{
				Path: "geoloc.lat", Flag: "lat", Type: Number, Description: "last recorded latitude, in degrees",
				Range: &Range{-90, 90}, Example: "47.866675",
			},
			{
				Path: "geoloc.lng", Flag: "lng", Type: Number, Description: "last recorded longitude, in degrees",
				Range: &Range{-180, 180}, Example: "-3.865805",
			},
		},
	},
	{
		Name:        "media",
		Description: "a media that belongs to a ticket, a conference or a conversation",
		ID:          Identifier{[]Type{Integer, Text}, "9", "the documentation does not say which type; an integer is sent"},
		Props: []Prop{
			{
				Path: "state", Flag: "state", Type: Text, Description: "last recorded state",
				Values:  []string{"inprogress", "uncompleted", "completed", "error"},
				Example: `"inprogress"`, Default: true,
			},
			{
				Path: "_parent.name", Flag: "parent-name", Type: Text, Description: "name of the parent object",
				Values:  []string{"ticket", "conference", "conversation"},
				Example: `"ticket"`, Default: true,
			},
			{
				Path: "_parent.id", Flag: "parent-id", Type: Integer, Description: "id of the parent object",
				Example: "100", Default: true,
			},
		},
	},
	{
		Name:        "conversation",
		Description: "a conversation, which the documentation also calls a conference",
		ID: Identifier{
			[]Type{Text}, `"734e3a7b-eb17-4d3f-901d-bcff178b"`,
			"the public id, not the database id; not shaped like a UUID",
		},
		Props: []Prop{
			{
				Path: "eventType", Flag: "event-type", Type: Text, Description: "type of the sent event",
				Values: []string{"conversationEnded"}, Example: `"conversationEnded"`, Default: true,
			},
			{
				Path: "name", Flag: "name", Type: Text, Description: "name of the conversation",
				Example: `"TEST"`, Default: true,
			},
			{
				Path: "finishedAt", Flag: "finished-at", Type: DateTime,
				Description: "end date of the conversation, with a numeric offset",
				Example:     `"2021-09-20T13:25:06+00:00"`, Default: true,
			},
		},
	},
}

// Words of newer or neighbouring public Apizee pages, which the webhook page
// does not document: a notice, not an error.
var (
	elsewhereObjects = []string{"smsmessage", "conversationevent"}
	elsewhereEvents  = []string{"conversationevent.create"}
)

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

// Range in words, such as "-90 to 90".
func (r Range) String() string {
	return strconv.FormatFloat(r.Min, 'g', -1, 64) + " to " + strconv.FormatFloat(r.Max, 'g', -1, 64)
}
