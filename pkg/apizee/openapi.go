package apizee

import "strings"

// OpenAPI is the contract as an OpenAPI 3.1 document: one webhook per object, with
// the schemas of JSONSchema as components.
func (c *Catalog) OpenAPI() []byte {
	var webhooks, schemas ordered
	for i := range c.Objects {
		o := &c.Objects[i]
		webhooks = append(webhooks, pair{o.Name, ordered{{"post", c.operation(o)}}})
		schemas = append(schemas, pair{o.Name, c.objectSchema(o)})
	}
	return ordered{
		{"openapi", "3.1.0"},
		{"info", ordered{
			{"title", "Apizee webhooks"},
			{"description", "The requests that Apizee sends to the URL of a webhook when " + c.anyObject() + " changes."},
			{"version", "1"},
		}},
		{"webhooks", webhooks},
		{"components", ordered{{"schemas", schemas}}},
	}.document()
}

// anyObject is "a ticket, a media or a conversation".
func (c *Catalog) anyObject() string {
	var b strings.Builder
	names := c.DocumentedNames()
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(Article(name))
	}
	return b.String()
}

func (c *Catalog) operation(o *Object) ordered {
	return ordered{
		{"operationId", o.Name + "Event"},
		{"summary", c.summary(o)},
		{"parameters", []ordered{{
			{"name", "User-Agent"},
			{"in", "header"},
			{"description", "product name of the sender"},
			{"schema", ordered{{"type", "string"}}},
			{"example", UserAgent},
		}}},
		{"requestBody", ordered{
			{"required", true},
			{"content", ordered{{ContentType, ordered{
				{"schema", ordered{{"$ref", "#/components/schemas/" + o.Name}}},
				{"examples", c.examples(o)},
			}}}},
		}},
		{"responses", ordered{
			{"2XX", ordered{{"description", "the event was accepted"}}},
			{"default", ordered{{"description", "the event was rejected; whether Apizee sends it again is not documented"}}},
		}},
	}
}

// summary is "a ticket was created, updated or deleted".
func (c *Catalog) summary(o *Object) string {
	if o.PartlyDocumented {
		return Article(o.Name) + "; partly documented, on Apizee's page " + quote(o.Page)
	}
	return Article(o.Name) + " was created, updated or deleted"
}

func (c *Catalog) examples(o *Object) ordered {
	var named ordered
	for _, e := range c.EventsOf(*o) {
		named = append(named, pair{e.Name, ordered{
			{"summary", e.Description},
			{"value", exampleEvent(o, e.Name)},
		}})
	}
	return named
}
