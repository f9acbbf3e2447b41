package templates_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
	"github.com/apizee-hooks/apizee-hooks/templates"

	"gotest.tools/v3/golden"
)

const schemaFile = parse.SchemaFile

// scenarioFiles are the texts of the scenarios by the names of their files.
func scenarioFiles(t *testing.T) map[string][]byte {
	t.Helper()
	directory, err := fs.Sub(templates.FS, "scenarios")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(directory, ".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = fs.ReadFile(directory, e.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func parseScenario(t *testing.T, name string, text []byte) *scenario.Scenario {
	t.Helper()
	s, err := parse.File(name, text, parse.Options{
		LookupEnv: func(string) (string, bool) { return "", false },
		Template:  finder(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// receiver responds with 204 and keeps the events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	events []apizee.Event
	broken []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		report := apizee.Documented().Validate(body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, report.Event)
		for _, f := range unexpected(report) {
			r.broken = append(r.broken, f.String()+" in "+string(body))
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(r.Close)
	return r
}

// runScenario runs a scenario and returns the sum of its pauses.
func (r *receiver) runScenario(t *testing.T, s *scenario.Scenario, a runner.Assumption) time.Duration {
	t.Helper()
	transport, err := deliver.NewTransport(t.Context(), deliver.Network{}, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	to, err := deliver.ParseURL(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	var paused time.Duration
	player := runner.Runner{
		Client: deliver.NewClient(transport, time.Now), Now: time.Now,
		Sleep: func(ctx context.Context, d time.Duration) error { paused += d; return ctx.Err() },
	}
	out := player.Run(context.Background(), s, runner.Options{To: to, Timeout: 10 * time.Second, Seed: 1, Assume: a})
	for _, step := range out.Steps {
		if step.Status != runner.Passed {
			t.Errorf("step %d %s: %s %s", step.Step.N, step.Step.Title, step.FailureText(), step.Reason)
		}
	}
	return paused
}

func TestScenariosPassWith204(t *testing.T) {
	for name, text := range scenarioFiles(t) {
		t.Run(name, func(t *testing.T) {
			s := parseScenario(t, name, text)
			for _, a := range runner.Assumptions() {
				r := newReceiver(t)
				if paused := r.runScenario(t, s, a); paused > time.Second {
					t.Errorf("it pauses for %s", paused)
				}
				if len(r.broken) > 0 {
					t.Errorf("%v", r.broken)
				}
			}
		})
	}
}

func TestScenariosSayWhatTheyTest(t *testing.T) {
	for name, text := range scenarioFiles(t) {
		first, rest, _ := strings.Cut(string(text), "\n")
		if first != "# yaml-language-server: $schema="+schemaFile {
			t.Errorf("%s begins with %q", name, first)
		}
		if !strings.HasPrefix(rest, "# (written by `apizee-hooks schema scenario > "+schemaFile+"`)\n# Tests that the endpoint ") {
			t.Errorf("%s does not say what it tests", name)
		}
		if s := parseScenario(t, name, text); s.Description == "" || strings.TrimSuffix(name, ".yaml") == s.Name {
			t.Errorf("%s has no name or no description", name)
		}
	}
}

// TestEveryEventIsEvery checks that every-event has everything in the catalog.
func TestEveryEventIsEvery(t *testing.T) {
	const name = "every-event.yaml"
	r := newReceiver(t)
	r.runScenario(t, parseScenario(t, name, scenarioFiles(t)[name]), runner.Once)
	seen := map[string]int{}
	for _, e := range r.events {
		seen[e.Object+" "+e.Name]++
		for _, p := range e.Props {
			seen[e.Object+" "+p.Path]++
			seen[e.Object+" "+p.Path+"="+p.Text()]++
		}
	}
	for _, o := range apizee.Documented().Objects {
		if o.PartlyDocumented {
			continue
		}
		for _, event := range apizee.Documented().EventNames() {
			mustSee(t, seen, o.Name+" "+event)
		}
		for _, p := range o.Props {
			mustSee(t, seen, o.Name+" "+p.Path)
			for _, value := range p.Values {
				mustSee(t, seen, o.Name+" "+p.Path+"="+value)
			}
			if p.Path != "state" {
				continue
			}
			for _, value := range p.Values {
				if n := seen[o.Name+" state="+value]; n != 1 {
					t.Errorf("%s state=%s comes %d times", o.Name, value, n)
				}
			}
		}
	}
}

func mustSee(t *testing.T, seen map[string]int, what string) {
	t.Helper()
	if seen[what] == 0 {
		t.Errorf("there is no %s", what)
	}
}

// schemas are the schemas in this directory, which editors and SchemaStore can fetch.
func schemas() map[string][]byte {
	return map[string][]byte{
		schemaFile:              parse.JSONSchema(apizee.Documented()),
		config.SchemaFile:       config.JSONSchema(),
		"recording.schema.json": recording.JSONSchema(),
		"event.schema.json":     apizee.Documented().JSONSchema(),
	}
}

func TestSchemasAreCurrent(t *testing.T) {
	const published = "https://raw.githubusercontent.com/apizee-hooks/apizee-hooks/main/templates/"
	for name, text := range schemas() {
		if golden.FlagUpdate() {
			if err := os.WriteFile(name, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		written, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written, text) {
			t.Errorf("%s is not current; go test ./templates -update writes it", name)
		}
		var document struct{ ID, Title, Description string }
		if err := json.Unmarshal(bytes.ReplaceAll(text, []byte(`"$id"`), []byte(`"id"`)), &document); err != nil {
			t.Fatal(err)
		}
		if document.ID != published+name || document.Title == "" || document.Description == "" {
			t.Errorf("%s: %+v", name, document)
		}
	}
}

// TestConfigurationKeepsTheSchema checks what config init writes, as it is and with every key set,
// with the schema and with the program.
func TestConfigurationKeepsTheSchema(t *testing.T) {
	path := t.TempDir() + "/" + config.FileName
	if err := config.Init(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, settings, _ := strings.Cut(string(text), "\n")
	if first != "# yaml-language-server: $schema="+config.SchemaFile {
		t.Errorf("it begins with %q", first)
	}
	schema := compileSchema(t, config.SchemaFile, config.JSONSchema())
	for text, ok := range map[string]bool{
		string(text): true,
		regexp.MustCompile(`(?m)^(\s*)# ?((  )*[\w-]+:( .*)?)$`).ReplaceAllString(settings, "$1$2"):                        true,
		"{to: 'h:1', timeout: 5s, insecure: true, headers: {A: b, C: 4, D: null}, profiles: {p: {listen: {status: 503}}}}": true,
		"{timeout: 0, insecure: '${I:-true}', listen: {delay: '${D}', status: '${S}'}, x-own: [1]}":                        true,
		"{headers: {A: [b, 4]}, listen: {response-headers: {A: [b]}}}":                                                     true,
		"{headers: {A: []}}":      false,
		"{headers: {A: [null]}}":  false,
		"{listen: {status: 99}}":  false,
		"{listen: {statu: 200}}":  false,
		"{timeout: fast}":         false,
		"{insecure: [1]}":         false,
		"{to: {a: 1}}":            false,
		"{profiles: {p: {t: 1}}}": false,
	} {
		err := error(nil)
		if value := asJSON(t, []byte(text)); value != nil {
			err = schema.Validate(value)
		}
		if (err == nil) != ok {
			t.Errorf("the schema on %s: %v", text, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = config.Load(t.Context(), config.Options{File: path, LookupEnv: func(name string) (string, bool) {
			value, set := map[string]string{"D": "1s", "S": "200", "I": "true"}[name]
			return value, set
		}})
		if (err == nil) != ok {
			t.Errorf("the program on %s: %v", text, err)
		}
	}
}

func compileSchema(t *testing.T, name string, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON is a YAML text as values for a JSON Schema.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestScenariosKeepTheSchema(t *testing.T) {
	schema := compileSchema(t, schemaFile, parse.JSONSchema(apizee.Documented()))
	for name, text := range scenarioFiles(t) {
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheSchemaAgreesWithTheParser checks scenarios with both.
func TestTheSchemaAgreesWithTheParser(t *testing.T) {
	schema := compileSchema(t, schemaFile, parse.JSONSchema(apizee.Documented()))
	tests := []struct {
		text string
		ok   bool
	}{
		{"steps: [{send: ticket}]", true},
		{"steps: [{send: robot awake, id: 1, allow-undocumented: true, props: {}}]", true},
		{"{name: x, description: y, vars: {a: 1, b: [x]}, target: {url: 'http://h/', headers: {A: b, C: 4, D: null}}, steps: [{pause: 1m30s}]}", true},
		{"steps: [{probe: GET http://h/, body: {a: 1}, expect: {status: [200, 3xx], within: 5s, header: {A: b}, json: {a: {gt: 1, type: integer}, b: [1], c: null}, body: x}}]", true},
		{"steps: [{send: ticket, expect: {error: refused, within: 1s}}]", true},
		{"steps: [{together: [{send: ticket, times: 2}, {data: {}, allow-undocumented: true}], order: reverse, times: 3, repeat: 2}]", true},
		{"steps: [{data: '{}', allow-undocumented: true, capture: {a: b.c}}]", true},
		{"steps: [{send: ticket, expect: {json: {a: {length: {gte: 1}}}}}]", true},
		{"steps: [{send: ticket, set: {props.a: 1}, id: '{{ .n }}', time: '2021-09-20T13:25:06+00:00', dotted: true}]", true},

		{"steps: []", false},
		{"name: x", false},
		{"{steps: [{send: ticket}], stps: []}", false},
		{"steps: [{send: ticket, pause: 1s}]", false},
		{"steps: [{pause: 1}]", false},
		{"steps: [{pause: 1 s}]", false},
		{"steps: [{pause: 1s, id: 4}]", false},
		{"steps: [{send: ticket, repeat: 0}]", false},
		{"steps: [{send: ticket, expect: {status: 99}}]", false},
		{"steps: [{send: ticket, expect: {status: 6xx}}]", false},
		{"steps: [{send: ticket, expect: {error: refusd}}]", false},
		{"steps: [{send: ticket, expect: {json: {a: {exist: true}}}}]", false},
		{"steps: [{send: ticket, expect: {json: {a: {}}}}]", false},
		{"steps: [{together: [{pause: 1s}]}]", false},
		{"steps: [{together: [{send: ticket}], order: shufle}]", false},
	}
	for _, tt := range tests {
		if err := schema.Validate(asJSON(t, []byte(tt.text))); (err == nil) != tt.ok {
			t.Errorf("the schema on %s: %v", tt.text, err)
		}
		_, err := parse.File("x.yaml", []byte(tt.text), parse.Options{LookupEnv: os.LookupEnv, Template: finder(t)})
		if (err == nil) != tt.ok {
			t.Errorf("the parser on %s: %v", tt.text, err)
		}
	}
}

func TestEverySituationHasItsScenario(t *testing.T) {
	files := scenarioFiles(t)
	for _, name := range []string{
		"ticket-lifecycle", "ticket-declined", "ticket-expired", "ticket-geolocated", "media-upload", "media-error",
		"conversation-ended", "out-of-order", "duplicates", "every-event",
		"session", "session-declined",
	} {
		if _, ok := files[name+".yaml"]; !ok {
			t.Errorf("there is no scenario %s", name)
		}
	}
	if len(files) != 12 {
		t.Errorf("there are %d scenarios", len(files))
	}
}
