package apizee

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"gotest.tools/v3/golden"
)

func TestOpenAPIGolden(t *testing.T) { golden.Assert(t, string(catalog.OpenAPI()), "openapi.json") }

func loadOpenAPI(t *testing.T, document []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsOne(t *testing.T) {
	if err := loadOpenAPI(t, catalog.OpenAPI()).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	for old, broken := range map[string]string{
		`"title": "Apizee webhooks"`: `"name": "Apizee webhooks"`,
		`"in": "header"`:             `"in": "head"`,
		`"objectId": 100,`:           `"objectId": "100",`,
	} {
		changed := strings.Replace(string(catalog.OpenAPI()), old, broken, 1)
		if loadOpenAPI(t, []byte(changed)).Validate(t.Context(), openapi3.EnableExamplesValidation()) == nil {
			t.Errorf("%s passes", broken)
		}
	}
}

func TestOpenAPIWebhooks(t *testing.T) {
	doc := loadOpenAPI(t, catalog.OpenAPI())
	if len(doc.Webhooks) != len(catalog.Objects) {
		t.Errorf("%d webhooks for %d objects", len(doc.Webhooks), len(catalog.Objects))
	}
	for _, name := range catalog.ObjectNames() {
		media := doc.Webhooks[name].Post.RequestBody.Value.Content[ContentType]
		if object, _ := catalog.LookupObject(name); len(media.Examples) != len(catalog.EventsOf(object)) {
			t.Errorf("%s: %d examples", name, len(media.Examples))
		}
		for event, example := range media.Examples {
			body, err := json.Marshal(example.Value.Value)
			if err != nil {
				t.Fatal(err)
			}
			if report := catalog.Validate(body); len(unexpected(report)) > 0 || report.Event.Name != event || report.Event.Object != name {
				t.Errorf("%s: %q", body, lines(report.Findings))
			}
		}
	}
}

// Each component is complete: it has all that the schema of an event has about its object.
func TestOpenAPIComponentsAgree(t *testing.T) {
	for _, name := range catalog.ObjectNames() {
		schema := compile(t, catalog.OpenAPI(), "#/components/schemas/"+name)
		for _, fragment := range fragments {
			for _, id := range []string{`"x"`, "1", fragment} {
				for _, props := range []string{fragment, `{"state":` + fragment + `}`, `{"name":` + fragment + `,"geoloc":` + fragment + `}`} {
					agree(t, schema, []byte(body(name, id, props)))
				}
			}
		}
	}
}
