package config

import (
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonschema"
	"github.com/apizee-hooks/apizee-hooks/pkg/yamlfile"
)

// SchemaFile is the name of a file with the schema, which a configuration file names in its first line.
const SchemaFile = "apizee-hooks.schema.json"

const schemaID = "https://raw.githubusercontent.com/apizee-hooks/apizee-hooks/main/templates/" + SchemaFile

type schema = jsonschema.Schema

// JSONSchema returns the JSON Schema of configuration files, draft 2020-12, for editors.
func JSONSchema() []byte {
	root := section(Keys(), "")
	properties := root["properties"].(schema)
	properties[profilesKey] = schema{
		"type": []string{"object", "null"}, "description": "Settings of each profile, which override the others.",
		"additionalProperties": section(Keys(), ""),
	}
	root["patternProperties"] = schema{"^" + yamlfile.OwnPrefix: schema{"description": "Ignored; for values with anchors."}}
	return jsonschema.Document(root, schemaID, "apizee-hooks configuration",
		"The configuration of apizee-hooks. In values, ${NAME} is an environment variable.")
}

// section returns the schema of the keys in a section.
func section(keys []Key, name string) schema {
	properties := schema{}
	for _, k := range keys {
		in, own := k.split()
		switch {
		case in == name:
			properties[own] = k.schema()
		case name == "" && properties[in] == nil:
			properties[in] = section(keys, in)
		}
	}
	return schema{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
}

// schema returns the schema of a value. A key without a value is not set.
func (k Key) schema() schema {
	s := schema{"type": []string{"string", "number", "boolean", "null"}}
	switch k.kind {
	case boolean:
		s = orText(schema{"type": []string{"boolean", "null"}}, `^(true|false)$|\$\{`)
	case status:
		s = orText(schema{"type": []string{"integer", "null"}, "minimum": 200, "maximum": 599}, `^[2-5][0-9][0-9]$|\$\{`)
	case duration:
		s = orText(schema{"enum": []any{0, nil}}, `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$|\$\{`)
	case headers:
		value := schema{
			"type":  []string{"string", "number", "boolean", "null", "array"},
			"items": schema{"type": []string{"string", "number", "boolean"}}, "minItems": 1,
		}
		s = schema{"type": []string{"object", "null"}, "additionalProperties": value}
	}
	s["description"] = k.Description
	if k.Default != "" {
		s["default"] = k.defaultValue()
	}
	return s
}

func orText(s schema, pattern string) schema {
	return schema{"anyOf": []schema{s, {"type": "string", "pattern": pattern}}}
}

// defaultValue returns the default as it is written in YAML.
func (k Key) defaultValue() any {
	if n, err := strconv.Atoi(k.Default); err == nil && k.kind == status {
		return n
	}
	if k.kind == boolean {
		return k.Default == "true"
	}
	return k.Default
}
