// Package jsonschema makes JSON Schemas of Go types.
//
// The names and types of members are those of encoding/json. The tag `about` describes a member, and a
// type with the method Values lists its words.
package jsonschema

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"time"
)

// Schema is a JSON Schema.
type Schema map[string]any

// Document returns a schema as a JSON text: a copy with the dialect, the identifier, a title and a
// description.
func Document(s Schema, id, title, description string) []byte {
	root := maps.Clone(s)
	root["$schema"], root["$id"] = "https://json-schema.org/draft/2020-12/schema", id
	root["title"], root["description"] = title, description
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // cannot happen: maps of strings, numbers and slices
	}
	return append(text, '\n')
}

// Of returns the schema of the JSON of a value of the same type as one of the given ones.
func Of(values ...any) Schema {
	var all []Schema
	for _, value := range values {
		all = append(all, typeSchema(reflect.TypeOf(value)))
	}
	if len(all) == 1 {
		return all[0]
	}
	return Schema{"anyOf": all}
}

// words is a type whose values are words.
type words interface{ Values() []string }

func typeSchema(t reflect.Type) Schema {
	if w, is := reflect.Zero(t).Interface().(words); is {
		return Schema{"type": "string", "enum": w.Values()}
	}
	switch t {
	case reflect.TypeFor[json.RawMessage]():
		return Schema{}
	case reflect.TypeFor[time.Time]():
		return Schema{"type": "string", "format": "date-time"}
	case reflect.TypeFor[[]byte]():
		return Schema{"type": "string", "contentEncoding": "base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return Schema{"anyOf": []Schema{typeSchema(t.Elem()), {"type": "null"}}}
	case reflect.Struct:
		s := Schema{"type": "object"}
		properties, required := Schema{}, []string{}
		addMembers(t, properties, &required)
		s["properties"], s["required"] = properties, required
		return s
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": typeSchema(t.Elem())}
	case reflect.Slice, reflect.Array:
		return Schema{"type": "array", "items": typeSchema(t.Elem())}
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return Schema{"type": "number"}
	case reflect.String:
		return Schema{"type": "string"}
	case reflect.Interface:
		return Schema{}
	}
	return Schema{"type": "integer"}
}

// addMembers adds the members of a struct, with those of the structs that it embeds.
func addMembers(t reflect.Type, properties Schema, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			addMembers(f.Type, properties, required)
			continue
		case name == "-" || !f.IsExported():
			continue
		}
		name = cmp.Or(name, f.Name)
		of, optional := f.Type, strings.Contains(options, "omit")
		if optional && of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		s := typeSchema(of)
		if about := f.Tag.Get("about"); about != "" {
			s["description"] = about
		}
		properties[name] = s
		if !optional {
			*required = append(*required, name)
		}
	}
}
