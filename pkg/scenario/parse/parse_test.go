package parse

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"

	"github.com/apizee-hooks/apizee-hooks/pkg/library"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// options have one template, ticket-closed, which requires an id.
func options() Options {
	return Options{
		LookupEnv: func(name string) (string, bool) {
			value, ok := map[string]string{"HOST": "127.0.0.1", "API_TOKEN": "s3cr3t-t0ken"}[name]
			return value, ok
		},
		Template: func(name string) (payload.Template, error) {
			if name != "ticket-closed" {
				return payload.Template{}, &library.NotFoundError{Name: name, Nearest: "ticket-closed"}
			}
			return payload.Parse(name, `{"event":"update","time":{{ unix }},"object":"ticket","objectId":{{ .id }},"props":{"state":"closed"}}`)
		},
	}
}

func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = File(filepath.Base(path), source, options())
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			golden.Assert(t, err.Error()+"\n", filepath.Join("invalid", strings.TrimSuffix(filepath.Base(path), ".yaml")+".txt"))
		})
	}
}

func TestInvalidFiles(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"empty", "", "x.yaml: the file is empty; a scenario has steps, such as"},
		{"comment", "# nothing\n---\n", "x.yaml: the file is empty; a scenario has steps, such as"},
		{"text", "just words", `x.yaml:1:1: a scenario must be a mapping with steps, not "just words"`},
		{"html", "<html>\n<p>Not found</p>", `x.yaml:1:1: a scenario must be a mapping with steps, not "<html> <p>Not found</p>"`},
		{"list", "- send: ticket", "x.yaml:1:1: a scenario must be a mapping with steps, not a list"},
		{"no steps", "name: x", "x.yaml:1:1: the scenario has no steps"},
		{"two documents", "steps: [{send: ticket}]\n---\nsteps: []", "x.yaml:3:1: unexpected second YAML document; a file must contain one scenario"},
		{"binary", "\x7fELF\x00\x01", "x.yaml:1:5: the file is not valid UTF-8"},
		{"not UTF-8", "name: x\nstéps: \xff", "x.yaml:2:8: the file is not valid UTF-8"},
		{"twice", "name: x\nname: y", "x.yaml:1:1: the scenario has no steps\n    name: x\n    ^\nx.yaml:2:1: duplicate key \"name\", first on line 1"},
		{"tab", "steps:\n\t- send: ticket", "x.yaml:2:1: invalid YAML: a tab cannot indent or begin text; use spaces"},
		{"expression without quotes", "steps:\n- send: ticket\n  id: {{ .x }}\n", "x.yaml:3:7: invalid YAML: text that begins with {{ must be quoted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := File("x.yaml", []byte(tt.source), options())
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// bomb returns a few lines whose aliases expand to millions of values.
func bomb() string {
	text := "steps: [{send: ticket}]\nvars:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		text += strings.ReplaceAll("  aI: &aI [*aJ, *aJ, *aJ, *aJ, *aJ, *aJ, *aJ, *aJ, *aJ, *aJ]\n", "I", string(rune('a'+i)))
		text = strings.ReplaceAll(text, "J", map[bool]string{true: "0", false: string(rune('a' + i - 1))}[i == 1])
	}
	return text
}

func TestLimits(t *testing.T) {
	tests := map[string]string{
		bomb(): "aliases expand to more than 100000 values",
		"vars: {a: &a [*a, *a]}\nsteps: [{send: ticket}]":                                                 "nested deeper than 100 levels",
		"# " + strings.Repeat("]", 30_000) + "\nsteps: " + strings.Repeat("[", 30_000):                    "invalid YAML: exceeded max depth of 10000",
		"steps: " + strings.Repeat("[", 30_000):                                                           "invalid YAML: exceeded max depth of 10000",
		"vars: {a: " + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "}\nsteps: [{send: ticket}]": "nested deeper than 100 levels",
	}
	for source, want := range tests {
		_, err := File("x.yaml", []byte(source), options())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %.300v", err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	o := options()
	o.LookupEnv = func(name string) (string, bool) {
		value, ok := map[string]string{"BRACES": "a{{b", "API_TOKEN": "s3cr3t-t0ken", "ONE": "1"}[name]
		return value, ok
	}
	s, err := File("x.yaml", []byte(`
name: n ${BRACES}
steps:
  - send: ticket
    name: ${BRACES}
    headers: {X-A: "${BRACES}"}
    repeat: ${ONE}
`), o)
	if err != nil {
		t.Fatal(err)
	}
	step := s.Steps[0]
	if s.Name != "n a{{b" || step.Repeat != 1 {
		t.Errorf("name %q, repeat %d", s.Name, step.Repeat)
	}
	for _, text := range []string{step.Name, step.Headers[0].Text} { // evaluated during the run
		x, err := expr.New(payload.Sources{}).Compile(text)
		if err != nil || len(x.Uses) > 0 {
			t.Errorf("%q: %v, uses %v", text, err, x)
		}
	}
	_, err = File("x.yaml", []byte("steps: [{pause: '${API_TOKEN}'}, {send: 'ticket ${API_TOKEN}'}]"), o)
	if err == nil || strings.Contains(err.Error(), "s3cr3t-t0ken") {
		t.Errorf("secret: %v", err)
	}
}

// A reference in quotes, which inside of { } it needs, has the type that a key requires, and is a
// string where any value is allowed.
func TestQuotedReference(t *testing.T) {
	o := options()
	o.Template = func(name string) (payload.Template, error) {
		return payload.Parse(name, `{"event":"update","time":{{ unix }},"object":"ticket","objectId":{{ toJson .id }},"props":{"state":"closed"}}`)
	}
	o.LookupEnv = func(name string) (string, bool) {
		value, ok := map[string]string{
			"TWO": "2", "LAT": "4.5", "YES": "true", "WORD": "word", "HEX": "0x10", "INF": ".inf", "SAME": "3", "OTHER": "3",
		}[name]
		return value, ok
	}
	s, err := File("x.yaml", []byte(`
vars: {two: &two "${TWO}"}
steps:
  - send: ticket
    name: "${TWO}"
    id: '{{ int "${TWO}" }}'
    repeat: "${TWO}"
    times: '${NONE:-3}'
    allow-undocumented: "${YES}"
    expect: {json: {a: {exists: "${YES}"}, b: {gt: "${LAT}"}, c: {length: "${TWO}"}, d: "${TWO}", e: {gt: *two}, f: {length: *two}}}
  - {send: ticket, times: "1${TWO}", repeat: *two}
`), o)
	if err != nil {
		t.Fatal(err)
	}
	step := s.Steps[0]
	if step.Name != "2" || step.Repeat != 2 || step.Times != 3 || !step.AllowUndocumented || s.Vars[0].Value.JSON != `"2"` {
		t.Errorf("got %+v, vars %+v", step, s.Vars)
	}
	if step := s.Steps[1]; step.Times != 12 || step.Repeat != 2 {
		t.Errorf("got %+v", step)
	}
	var wants []string
	for _, c := range step.Expect.JSON {
		test := c.Tests[0]
		for test.Inner != nil {
			test = test.Inner[0]
		}
		wants = append(wants, test.Want.JSON)
	}
	if got, want := strings.Join(wants, " "), `true 4.5 2 "2" 2 2`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	const sent = "; allow-undocumented: true sends it anyway\n"
	for step, want := range map[string]string{
		`send: ticket, repeat: "${WORD}"`: `repeat must be an integer, not "word"`,
		`send: ticket, repeat: "${LAT}"`:  `repeat must be an integer, not 4.5`,
		`send: ticket, repeat: "2"`:       `repeat must be an integer, not "2"`,
		`send: ticket, dotted: "${TWO}"`:  `dotted must be true or false, not 2`,
		`send: ticket, id: "${WORD}"`:     `the string "word"` + sent,
		// A hint, where it helps.
		`send: ticket, id: "${TWO}"`:                                `the string "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`send: ticket, id: "1${TWO}"`:                               `the string "12"; without quotes 1${TWO} is a number, as is '{{ int "1${TWO}" }}'`,
		`send: ticket, id: "{{ .two }}"`:                            `the string "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`send: ticket, id: *two`:                                    `the string "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`send: ticket, id: "${HEX}"`:                                `the string "0x10"; without quotes ${HEX} is a number` + "\n",
		`send: ticket, props: {geoloc: {lat: '${LAT}', lon: 1}}`:    `the string "4.5"; without quotes ${LAT} is a number, as is '{{ float64 "${LAT}" }}'`,
		`send: ticket, set: {time: "${TWO}"}`:                       `the string "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`template: ticket, vars: {id: "${TWO}"}`:                    `the string "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`send: ticket, expect: {json: {a: {gt: "{{ .two }}"}}}`:     `gt must be a number, not "2"; without quotes ${TWO} is a number, as is '{{ int "${TWO}" }}'`,
		`send: ticket, id: "{{ .same }}", headers: {X: "${OTHER}"}`: `the string "3"` + sent, // of which?
		// None, where the number would not be valid either, or is not that of a reference.
		`send: ticket, set: {time: "${LAT}"}`:    `the string "4.5"` + sent,
		`send: ticket, id: "${INF}"`:             `the string ".inf"` + sent,
		`send: ticket, props: {state: "${TWO}"}`: `"2" is not a documented ticket state`,
		`send: "${TWO}"`:                         `"2" is not a documented object`,
		`send: ticket, id: "2"`:                  `the string "2"` + sent,
	} {
		_, err := File("x.yaml", []byte("vars: {two: &two '${TWO}', same: '${SAME}'}\nsteps: [{"+step+"}]"), o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", step, err)
		}
	}
}

// A value whose variable is not set has no second problem, about the reference as it is written, and
// neither has one with that value.
func TestUnsetReference(t *testing.T) {
	// A step that gets the value from elsewhere.
	for _, step := range []string{
		"send: ticket, id: '{{ .v }}'", "send: ticket, id: *v", "send: ticket, set: {objectId: '{{ .v }}'}", "send: *v", "send: ticket, time: '{{ .v }}'",
		"send: ticket, expect: {within: *v}", "send: ticket, expect: {within: '{{ .v }}'}", "pause: '{{ .v }}'", "pause: *v", "send: ticket, repeat: *v",
		"send: ticket, props: {origin: '{{ .v }}', state: *v}", "template: ticket-closed, vars: {id: '{{ .v }}'}", "template: ticket-closed, vars: {id: *v}",
		"template: *v", "data: {object: *v}", "data: '{\"object\": \"{{ .v }}\"}'", "probe: 'GET {{ .v }}'", "send: ticket, headers: {X-A: '{{ .v }}'}",
		"send: ticket, expect: {json: {a: {gt: '{{ .v }}', in: *v, matches: *v}}}", "send: ticket, capture: {a: *v}",
	} {
		_, err := File("x.yaml", []byte("vars: {v: &v '${N}'}\nsteps: [{"+step+"}]"), options())
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(problems[0].Message, "environment variable") {
			t.Errorf("%s: %v", step, err)
		}
	}
	for _, step := range []string{
		"send: ticket, repeat: '${N}'", "send: '${N}'", "send: ticket, id: '${N}'", "pause: '${N}'", "send: ticket, fault: '${N}'",
		"send: ticket, dotted: '${}'", "send: ticket, expect: {status: '${N}'}", "send: ticket, expect: {within: '${N}'}",
		"send: ticket, expect: {json: {a: {gt: '${N}'}}}", "probe: '${N}'", "template: '${N}'", "data: '${N}'", "send: ticket, time: '${N}'",
		"send: ticket, set: {time: '${N}'}", "send: ticket, headers: {X-A: '${N}'}", "send: ticket, props: '${N}'",
	} {
		_, err := File("x.yaml", []byte("steps: [{"+step+"}]"), options())
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(problems[0].Message, "environment variable") {
			t.Errorf("%s: %v", step, err)
		}
	}
}

func TestZeroWithin(t *testing.T) {
	_, err := File("x.yaml", []byte("steps: [{send: ticket, expect: {within: 0s}}]"), options())
	if err == nil || !strings.Contains(err.Error(), "within must be greater than 0") {
		t.Errorf("got %v", err)
	}
}

func TestAnchorsAliasesAndMergeKeys(t *testing.T) {
	s, err := File("x.yaml", []byte(`
vars: {props: &props {state: new}}
steps:
  - &first {send: ticket create, props: *props, expect: &ok {status: 204}}
  - {<<: *first, send: ticket update}
  - *first
`), options())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, step := range s.Steps {
		got = append(got, step.Event.Name+" "+step.Event.Props.JSON+" "+step.Expect.Status[0].Text)
	}
	want := `create {"state":"new"} 204, update {"state":"new"} 204, create {"state":"new"} 204`
	if strings.Join(got, ", ") != want {
		t.Errorf("got %v", got)
	}
}

func TestMaxProblems(t *testing.T) {
	_, err := File("x.yaml", []byte("steps:\n"+strings.Repeat("  - {paus: 1s}\n", 150)), options())
	if err == nil || !strings.HasSuffix(err.Error(), "x.yaml: and 50 more") {
		t.Errorf("got %v", err)
	}
}

// A step overrides the defaults of the same name. Header names ignore case, JSON paths do not.
func TestInheritedChecks(t *testing.T) {
	s, err := File("x.yaml", []byte(`
defaults: {expect: {header: {X-Id: a}, json: {State: a, id: 1}}}
steps: [{send: ticket, expect: {header: {x-id: b}, json: {state: b, id: 2}}}]
`), options())
	if err != nil {
		t.Fatal(err)
	}
	x := s.Steps[0].Expect
	var got []string
	for _, c := range slices.Concat(x.Headers, x.JSON) {
		got = append(got, c.Name+"="+c.Tests[0].Want.JSON)
	}
	if diff := cmp.Diff([]string{`x-id="b"`, `state="b"`, "id=2", `State="a"`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestVars(t *testing.T) {
	o := options()
	o.Vars = map[string]any{"ticket": 7}
	s, err := File("dir/my scenario.yaml", []byte("vars: {ticket: , state: new}\nsteps: [{send: ticket, id: '{{ .ticket }}'}]"), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Vars[0].Value.JSON != "7" || s.Name != "my scenario" || len(s.Steps) != 1 {
		t.Errorf("%+v", s)
	}
}

// What is expensive to evaluate, and what only the run knows, is left to the run.
func TestUnforeseen(t *testing.T) {
	const large = `{{ repeat 9000000 "x" }}`
	for name, source := range map[string]string{
		"expensive": "steps: [" + strings.Repeat("{send: ticket, name: '"+large+"'}, ", 1000) + "{pause: '{{ .n }}{{ fail }}'}]",
		"captured":  "vars: {d: x}\nsteps: [{send: ticket, capture: {d: d}}, {pause: '{{ .d }}'}]",
		"together":  "vars: {d: x}\nsteps: [{together: [{send: ticket, capture: {d: d}}]}, {pause: '{{ .d }}'}]",
		"defaults":  "vars: {d: x}\ndefaults: {expect: {within: '{{ .d }}'}}\nsteps: [{send: ticket, capture: {d: d}}]",
		"all":       "vars: {d: x}\nsteps: [{send: ticket, capture: {e: e}}, {pause: '{{ .d }}{{ hasKey . \"e\" }}'}]",
		"time":      "steps: [{pause: '{{ unix }}'}, {send: ticket, id: '{{ rfc3339 }}'}]",
		"ids":       "vars: {id: '{{ uid }}'}\nsteps: [{send: ticket, id: '{{ .id }}'}, {pause: '{{ seq }}'}]",
	} {
		start := time.Now()
		_, err := File("x.yaml", []byte(source), options())
		if took := time.Since(start); err != nil || took > 30*time.Second {
			t.Errorf("%s: %v after %s", name, err, took)
		}
	}
}

func TestExcerptOfLongLine(t *testing.T) {
	p := Problem{Column: 301, Source: strings.Repeat("a", 300) + "b" + strings.Repeat("c", 300)}
	line, caret := p.Excerpt()
	if n := len([]rune(line)); n > 130 || []rune(line)[len(caret)-1] != 'b' {
		t.Errorf("%s\n%s", line, caret)
	}
}

// huge returns a scenario of many steps.
func huge(steps int) []byte {
	return []byte("steps:\n" + strings.Repeat("  - send: ticket update\n    id: 100\n    props: {state: invited}\n    expect: {status: 2xx}\n", steps))
}

func BenchmarkParse(b *testing.B) {
	source := huge(1000)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := File("x.yaml", source, options()); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/invalid/*.yaml")
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	f.Add([]byte(bomb()))
	f.Add(huge(2))
	f.Fuzz(func(t *testing.T, source []byte) {
		s, err := File("x.yaml", source, options())
		var problems Problems
		switch {
		case err == nil && len(s.Steps) == 0:
			t.Error("a scenario without steps")
		case err != nil && !errors.As(err, &problems):
			t.Error(err)
		}
		for _, p := range problems {
			p.Excerpt()
		}
	})
}
