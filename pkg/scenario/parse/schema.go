package parse

import (
	"maps"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonschema"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// SchemaFile is the name of a file with the schema, which a scenario names in its first line.
const SchemaFile = "scenario.schema.json"

const schemaID = "https://raw.githubusercontent.com/apizee-hooks/apizee-hooks/main/templates/" + SchemaFile

type schema = jsonschema.Schema

// JSONSchema returns the JSON Schema of scenario files, draft 2020-12, for editors.
func JSONSchema(c *apizee.Catalog) []byte {
	t := newTables(c)
	root := object(t.scenario, "", stepsKey)
	root["patternProperties"] = schema{"^" + yamlfile.OwnPrefix: schema{"description": "Ignored; for values with anchors."}}
	root["$defs"] = schema{
		"target":   object(t.target, "Endpoint"),
		"defaults": object(t.defaults, "Defaults of every delivery"),
		"expect":   object(t.expect, "Expected response"),
		"matchers": matchersSchema(t.matchers),
		"headers":  mapSchema(schema{"type": []string{"string", "number", "boolean", "null"}}),
		"duration": schema{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$|\{\{|\$\{`},
		"status":   schema{"type": []string{"integer", "string"}, "pattern": `^[1-5]([0-9][0-9]|[xX][xX])$|\$\{`, "minimum": 100, "maximum": 599},
		"step":     schema{"oneOf": stepSchemas(t.step, scenario.Kinds())},
		"delivery": schema{"oneOf": stepSchemas(t.step, deliveries())},
	}
	return jsonschema.Document(root, schemaID, "apizee-hooks scenario",
		"A scenario: events in order, with expected responses. In values, ${NAME} is an environment variable; in quotes it is a string, unless the key needs another type")
}

// object returns the schema of a mapping with these keys and no others.
func object[T any](keys []key[T], about string, required ...string) schema {
	properties := schema{}
	for _, k := range keys {
		properties[k.name] = described(k.schema, k.about)
	}
	s := schema{"type": "object", "description": about, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func described(s schema, about string) schema {
	with := schema{"description": about}
	maps.Copy(with, s)
	return with
}

// stepSchemas returns one schema for each kind of step.
func stepSchemas(keys []key[scenario.Step], of []scenario.Kind) []schema {
	var all []schema
	for _, k := range of {
		all = append(all, object(keysOf(keys, k), "A "+string(k)+" step", string(k)))
	}
	return all
}

// matchersSchema accepts matchers, or any value other than a mapping.
func matchersSchema(all []scenario.Matcher) schema {
	properties := schema{}
	for _, m := range all {
		properties[m.Name] = described(operandSchema(m.Takes), m.About)
	}
	return schema{"anyOf": []schema{
		{"type": []string{"string", "number", "boolean", "null", "array"}},
		{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1},
	}}
}

func operandSchema(o scenario.Operand) schema {
	switch o {
	case scenario.Boolean:
		return booleanSchema()
	case scenario.Number:
		return schema{"type": []string{"number", "string"}}
	case scenario.Type:
		return enumSchema(scenario.Types())
	case scenario.Pattern:
		return textSchema()
	case scenario.List:
		return listSchema(anySchema())
	case scenario.Tests:
		return ref("matchers")
	}
	return anySchema()
}

func ref(name string) schema     { return schema{"$ref": "#/$defs/" + name} }
func anySchema() schema          { return schema{} }
func textSchema() schema         { return schema{"type": "string"} }
func delaySchema() schema        { return ref("duration") }
func mapSchema(of schema) schema { return schema{"type": "object", "additionalProperties": of} }

func listSchema(of schema) schema {
	return schema{"type": "array", "items": of, "minItems": 1}
}

func booleanSchema() schema { return orReference(schema{"type": "boolean"}) }

func enumSchema(words []string) schema {
	return orReference(schema{"type": "string", "enum": words})
}

func numberSchema(most int) schema {
	return orReference(schema{"type": "integer", "minimum": 1, "maximum": most})
}

// orReference also accepts a reference to an environment variable, which gets its type once it
// is replaced.
func orReference(s schema) schema {
	return schema{"anyOf": []schema{s, {"type": "string", "pattern": `\$\{`}}}
}

func statusSchema() schema {
	return schema{"anyOf": []schema{ref("status"), listSchema(ref("status"))}}
}

// sendSchema suggests the documented words, and accepts others, for allow-undocumented.
func sendSchema(c *apizee.Catalog) schema {
	var words []string
	for _, object := range c.Objects {
		for _, event := range c.EventNamesOf(object) {
			words = append(words, object.Name+" "+event)
		}
	}
	return schema{"anyOf": []schema{{"enum": words}, {"type": "string", "minLength": 1}}}
}
