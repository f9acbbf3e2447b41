package parse

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// TestJSONSchema checks that the schema accepts what the parser accepts.
func TestJSONSchema(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema(apizee.Documented())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := []string{`
x-anchor: &a {a: 1}
vars: {ref: "${HOST}"}
target: {url: "http://${HOST}/"}
steps:
  - pause: ${WAIT:-10ms}
  - send: ticket
    id: ${ID:-7}
    time: ${TIME:-5}
    dotted: ${DOTTED:-true}
    times: ${TIMES:-2}
    repeat: ${REPEAT:-2}
    fault: ${FAULT:-chunked}
    expect: {status: ["${STATUS:-204}", 2xx], within: "${WAIT:-2s}", json: {a: {exists: true}}}
  - together: [{send: "${OBJECT:-ticket} create"}]
    order: ${ORDER:-reverse}
`}
	if _, err := File("x.yaml", []byte(valid[0]), options()); err != nil {
		t.Error(err)
	}
	paths, _ := filepath.Glob("../../../templates/scenarios/*.yaml")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		valid = append(valid, string(text))
	}
	for _, text := range valid {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
	for _, step := range []string{
		"pause: 10", "pause: soon", "pause: 1s, repeat: two", "send: ticket, dotted: yes!", "send: ticket, fault: none",
		"send: ticket, expect: {status: 99}", "send: ticket, pause: 1s", "send: ticket, times: 0",
	} {
		var value any
		if err := yaml.Unmarshal([]byte("steps: [{"+step+"}]"), &value); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("%s is valid", step)
		}
	}
}
