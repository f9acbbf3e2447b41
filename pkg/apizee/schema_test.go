package apizee

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"gotest.tools/v3/golden"
)

func TestJSONSchemaGolden(t *testing.T) {
	golden.Assert(t, string(catalog.JSONSchema()), "event.schema.json")
}

// compile compiles the schema at a pointer of a document.
func compile(t testing.TB, document []byte, pointer string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(schemaID + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestJSONSchemaIsOne(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(catalog.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.NewCompiler().Compile(schemaDialect)
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(doc); err != nil {
		t.Error(err)
	}
	if err := meta.Validate(map[string]any{"type": "ticket"}); err == nil {
		t.Error("the metaschema lets anything pass")
	}
}

// hugeExponent is too large for the schema library.
var hugeExponent = regexp.MustCompile(`[0-9][eE][+-]?[0-9]{5,}`)

// agree fails unless schema and validator agree whether a body is valid. Invalid JSON and
// duplicate keys are only for the validator; compared reports whether both were used.
func agree(t *testing.T, schema *jsonschema.Schema, body []byte) (compared bool) {
	t.Helper()
	if !jsontext.Value(body).IsValid() || hugeExponent.Match(body) {
		return false
	}
	sameSpaced(t, body)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	report, refusal := catalog.Validate(body), schema.Validate(value)
	if report.OK() != (refusal == nil) {
		t.Errorf("%s\nvalidator: %q\nschema: %v", body, lines(report.Findings), refusal)
	}
	return true
}

// fragments are JSON values at which schema and validator could differ.
var fragments = []string{
	"0", "-0", "-0.0", "1", "-1", "1.0", "1.5", "1e2", "1E+2", "1e-2", "100e-2", "0e-99", "1e400", "-1e400", "1e-400",
	"90", "90.0", "9e1", "900e-1", "90.00000000000000000001", "89.99999999999999999999", "-90", "-90.00000000000000000001", "180", "180.5", "-180",
	"9223372036854775808", "123456789012345678901234567890", "null", "true", "false", "[]", "{}", `[1,"a"]`, `{"a":1}`,
	`""`, `"1"`, `"ticket"`, `"tick\u0065t"`, `"media"`, `"conversation"`, `"conference"`, `"smsmessage"`, `"conversationevent"`, `"Ticket"`,
	`"create"`, `"update"`, `"delete"`, `"conversationevent.create"`, `"conversationEnded"`,
	`"new"`, `"opened"`, `"cancelled"`, `"canceled"`, `"inprogress"`, `"completed"`, `"error"`,
	`"2021-09-20T13:25:06+00:00"`, `"2021-09-20T13:25:06Z"`, `"2021-09-20T13:25:06.5-23:59"`, `"2021-02-29T13:25:06Z"`, `"2021-02-31T13:25:06Z"`,
	`"2021-09-20t13:25:06z"`, `"2021-09-20T13:25:60Z"`, `"2016-12-31T23:59:60Z"`, `"2021-09-20T13:25:06+24:00"`, `"0000-01-01T00:00:00Z"`,
	`"2021-09-20T3:25:06Z"`, `"2021-09-20T13:25:06,5Z"`, `"2021-09-20"`,
}

// TestSchemaAgrees puts every fragment in every place of events that are
// otherwise valid.
func TestSchemaAgrees(t *testing.T) {
	schema := compile(t, catalog.JSONSchema(), "")
	sound := map[string]string{"ticket": "100", "media": "9", "conversation": `"x"`, "smsmessage": "1", "conversationevent": `"x"`, "call": "1"}
	for _, fragment := range fragments {
		bodies := []string{fragment}
		for object, id := range sound {
			for i := range fieldNames {
				values := [5]string{`"update"`, "1575976413", `"` + object + `"`, id, "{}"}
				values[i] = fragment
				var whole, without []string
				for j, name := range fieldNames {
					member := fmt.Sprintf("%q:%s", name, values[j])
					whole = append(whole, member)
					if i != j {
						without = append(without, member)
					}
				}
				bodies = append(bodies, "{"+strings.Join(whole, ",")+"}", "{"+strings.Join(without, ",")+"}")
			}
			for _, prop := range []string{
				`{"state":%s}`, `{"geoloc":%s}`, `{"geoloc":{"lat":%s}}`, `{"geoloc.lat":%s}`, `{"geoloc":{"lng":%s}}`, `{"geoloc.lng":%s}`,
				`{"geoloc":{"geoloc.lat":%s}}`, `{"geoloc":{"alt":%s}}`, `{"geoloc.alt":%s}`, `{"geoloc":{"lat":1},"geoloc.lat":%s}`,
				`{"_parent":%s}`, `{"_parent":{"name":%s}}`, `{"_parent.name":%s}`, `{"_parent":{"id":%s}}`, `{"_parent.id":%s}`,
				`{"agent":%s}`, `{"agent":{"email":%s}}`, `{"eventType":%s}`, `{"name":%s}`, `{"finishedAt":%s}`, `{"other":%s}`,
			} {
				bodies = append(bodies, body(object, id, fmt.Sprintf(prop, fragment)))
			}
		}
		for _, b := range bodies {
			if !agree(t, schema, []byte(b)) {
				t.Errorf("%s was not compared", b)
			}
		}
	}
}

// FuzzSchemaAgrees checks that the schema rejects exactly the bodies in which the
// validator finds an error.
func FuzzSchemaAgrees(f *testing.F) {
	for _, bench := range benchmarks {
		f.Add([]byte(bench.body))
	}
	f.Add([]byte(body("media", `"9"`, `{"_parent.name":"ticket","_parent.id":1.0,"state":"inprogress"}`)))
	schema := compile(f, catalog.JSONSchema(), "")
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, schema, body) })
}

// FuzzSchemaAgreesOnValues does the same with parts of an event, so that the body stays
// valid JSON.
func FuzzSchemaAgreesOnValues(f *testing.F) {
	f.Add(`"update"`, "1575976413", `"ticket"`, "100", `"state":"invited"`, "1")
	f.Add(`"create"`, "1e3", `"media"`, `"9"`, `"_parent":{"name":"ticket","id":100}`, "[]")
	f.Add(`"delete"`, "1.0", `"conversation"`, `"x"`, `"finishedAt":"2021-09-20T13:25:06+00:00"`, `"x"`)
	f.Add(`"conversationevent.create"`, "-1", `"smsmessage"`, "1", `"geoloc":{"lat":90.0}`, "{}")
	f.Add(`"create"`, "1", `"conversationevent"`, `""`, `"eventType":"ticket.new","agent":{"email":5}`, "1")
	f.Add(`"update"`, "0", `"ticket"`, "1", `"geoloc.lat":9e1,"geoloc":{"lng":-180.0}`, "null")
	schema := compile(f, catalog.JSONSchema(), "")
	f.Fuzz(func(t *testing.T, event, time, object, id, props, more string) {
		agree(t, schema, fmt.Appendf(nil, `{"event":%s,"time":%s,"object":%s,"objectId":%s,"props":{%s},"more":%s}`, event, time, object, id, props, more))
	})
}

func TestSchemaExamples(t *testing.T) {
	var schema struct {
		Examples []json.RawMessage `json:"examples"`
	}
	if err := json.Unmarshal(catalog.JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Examples) != len(catalog.Objects) {
		t.Fatalf("%d examples of %d objects", len(schema.Examples), len(catalog.Objects))
	}
	for _, example := range schema.Examples {
		if findings := unexpected(catalog.Validate(example)); len(findings) > 0 {
			t.Errorf("%s: %q", example, lines(findings))
		}
	}
}
