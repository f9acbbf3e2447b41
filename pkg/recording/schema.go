package recording

import "github.com/apizee-hooks/apizee-hooks/pkg/jsonschema"

const schemaID = "https://raw.githubusercontent.com/apizee-hooks/apizee-hooks/main/templates/recording.schema.json"

// JSONSchema returns the JSON Schema (2020-12) of one line of a recording.
func JSONSchema() []byte {
	s := jsonschema.Of(line{})
	s["required"] = []string{"receivedAt", "method", "path"}
	s["anyOf"] = []jsonschema.Schema{{"required": []string{"body"}}, {"required": []string{"bodyBase64"}}}
	return jsonschema.Document(s, schemaID, "apizee-hooks recording",
		"A line of a recording: a request, and what became of it.")
}
