package apizee

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	schemaDialect = "https://json-schema.org/draft/2020-12/schema"
	schemaID      = "https://raw.githubusercontent.com/apizee-hooks/apizee-hooks/main/templates/event.schema.json"
)

// dateTimePattern is the form of a documented time, for validators that treat
// "format" only as an annotation. It does not know how many days a month has.
const dateTimePattern = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])` +
	`T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?` +
	`(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`

// JSONSchema is the contract as a JSON Schema (2020-12) of an event's body.
// With "format" asserted it rejects exactly the JSON values in which Validate
// finds an error. It cannot detect errors of syntax, duplicate keys or a second
// value.
func (c *Catalog) JSONSchema() []byte {
	var conditions []ordered
	var definitions ordered
	var examples []ordered
	for i := range c.Objects {
		o := &c.Objects[i]
		conditions = append(conditions, ordered{
			{"if", ordered{
				{"properties", ordered{{"object", ordered{{"const", o.Name}}}}},
				{"required", []string{"object"}},
			}},
			{"then", ordered{{"$ref", "#/$defs/" + o.Name}}},
		})
		definitions = append(definitions, pair{o.Name, c.objectSchema(o)})
		examples = append(examples, exampleEvent(o, o.DefaultEvent()))
	}
	return ordered{
		{"$schema", schemaDialect},
		{"$id", schemaID},
		{"title", "Apizee webhook event"},
		{"description", "The body of the request that Apizee sends to a webhook. Undocumented fields and props are allowed."},
		{"type", "object"},
		{"required", fieldNames},
		{"properties", c.fieldSchemas()},
		{"allOf", conditions},
		{"examples", examples},
		{"$defs", definitions},
	}.document()
}

// fieldSchemas are the fields of an event about any object. The names of its events depend
// on the object.
func (c *Catalog) fieldSchemas() ordered {
	var properties ordered
	for _, f := range c.Fields() {
		schema := ordered{{"description", withPages(f.Description, f.PartlyDocumented)}}
		schema = append(schema, typeSchema(f.Type)...)
		switch f.Name {
		case "event":
			schema = append(schema, pair{"examples", f.Values})
		default:
			schema = append(schema, wordsSchema(f.Values, f.PartlyDocumented)...)
		}
		properties = append(properties, pair{f.Name, schema})
	}
	return properties
}

// objectSchema is the schema of an event about one object.
func (c *Catalog) objectSchema(o *Object) ordered {
	properties := c.fieldSchemas()
	for i := range properties {
		switch properties[i].name {
		case "object":
			properties[i].value = ordered{{"description", "name of the target object"}, {"const", o.Name}}
		case "event":
			properties[i].value = c.eventSchema(o)
		case "objectId":
			id := append(ordered{{"description", o.ID.Description}}, idSchema(o)...)
			properties[i].value = append(id, pair{"examples", []any{jsontext.Value(o.ID.Example)}})
		case "props":
			properties[i].value = propsSchema(o)
		}
	}
	return ordered{
		{"title", o.Name + " event"},
		{"description", o.about()},
		{"type", "object"},
		{"required", fieldNames},
		{"properties", properties},
		{"examples", []ordered{exampleEvent(o, o.DefaultEvent())}},
	}
}

func (o *Object) about() string {
	about := "An event about " + o.Description + "."
	if o.PartlyDocumented {
		about += " Partly documented, on Apizee's page " + quote(o.Page) + "."
		for _, a := range o.Assumptions {
			about += " Assumption: " + a.About + ": " + a.Assumed + "."
		}
	}
	return about
}

// eventSchema accepts any event of a partly documented object.
func (c *Catalog) eventSchema(o *Object) ordered {
	if o.PartlyDocumented {
		return ordered{{"description", "name of the event"}, {"type", Text}, {"examples", c.EventNamesOf(*o)}}
	}
	return append(ordered{{"description", withPages("name of the event", c.pageEvents())}, {"type", Text}}, wordsSchema(c.EventNamesOf(*o), c.pageEvents())...)
}

// propsSchema has each prop nested, and those with a dot in their path also dotted.
func propsSchema(o *Object) ordered {
	propSchema, group := propSchema, func(members ordered) any { return ordered{{"type", "object"}, {"properties", members}} }
	if o.PartlyDocumented {
		propSchema, group = anySchema, func(members ordered) any { return ordered{{"properties", members}} }
	}
	leaf := func(p Prop) any { return propSchema(p) }
	properties := nested(o.Props, leaf, group)
	for _, p := range o.Props {
		if strings.Contains(p.Path, ".") {
			properties = append(properties, pair{p.Path, propSchema(p)})
		}
	}
	return ordered{
		{"description", "properties of the " + o.Name + "; names with a dot may be nested or dotted"},
		{"type", "object"},
		{"properties", properties},
	}
}

func propSchema(p Prop) ordered {
	schema := append(ordered{{"description", withPages(p.Description, p.PartlyDocumented)}}, typeSchema(p.Type)...)
	schema = append(schema, wordsSchema(p.Values, p.PartlyDocumented)...)
	if p.Range != nil {
		schema = append(schema, pair{"minimum", p.Range.Min}, pair{"maximum", p.Range.Max})
	}
	return append(schema, pair{"examples", []any{jsontext.Value(p.Example)}})
}

// anySchema describes a partly documented prop, and accepts any value.
func anySchema(p Prop) ordered {
	schema := ordered{{"description", p.Description}}
	if len(p.Values) > 0 {
		return append(schema, pair{"examples", p.Values})
	}
	return append(schema, pair{"examples", []any{jsontext.Value(p.Example)}})
}

func typeSchema(t Type) ordered {
	switch t {
	case DateTime:
		return ordered{{"type", "string"}, {"format", "date-time"}, {"pattern", dateTimePattern}}
	case ID:
		return ordered{{"type", anyID}}
	}
	return ordered{{"type", t}}
}

// idSchema accepts integers, strings that are not empty, or both; and any ID of a partly
// documented object.
func idSchema(o *Object) ordered {
	switch {
	case o.PartlyDocumented:
		return typeSchema(ID)
	case slices.Equal(o.ID.Types, []Type{Integer}):
		return typeSchema(Integer)
	}
	return ordered{{"type", o.ID.Types}, {"minLength", 1}}
}

// wordsSchema includes partly documented words: they give a warning, which a schema
// cannot express.
func wordsSchema(documented, partly []string) ordered {
	if len(documented) == 0 {
		return nil
	}
	return ordered{{"enum", slices.Concat(documented, partly)}}
}

// withPages adds the words that are on other Apizee pages only to a description.
func withPages(description string, partly []string) string {
	if len(partly) == 0 {
		return description
	}
	return description + "; partly documented: " + strings.Join(partly, ", ")
}
