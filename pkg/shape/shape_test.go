package shape

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/generate"

	"gotest.tools/v3/golden"
)

// testRules name every member but those with an @ or a *, and keep the ranges of ratings.
func testRules() Rules {
	return Rules{
		Catalog: apizee.Documented(),
		Name:    func(_, name string) bool { return !strings.ContainsAny(name, "@*") },
		Number:  func(path string) bool { return strings.HasSuffix(path, ".rating") },
	}
}

// event is a ticket event with props.
func event(name string, id int, props string) string {
	return fmt.Sprintf(`{"event":%q,"time":%d,"object":"ticket","objectId":%d,"props":%s}`, name, 1575976413+id, id, props)
}

// captured are events with everything that a baseline can say about them.
func captured() []string {
	events := []string{
		event("update", 9, `{"state":"onhold"}`),
		`{"event":"ping","time":"x","object":"room","extra":[1,"a",{"b":null}]}`,
		`{"event":"update","time":1575976413000,"object":"media","objectId":"a","props":{"state":null,"_parent":{"name":"ticket","id":1}}}`,
		`{"event":"update","time":1,"object":"media","objectId":9,"props":{"state":"completed","_parent.name":"call"}}`,
		`{}`,
	}
	for i := range 30 {
		agent := `{"email":"j.doe@example.com","phone":"+33612345678","id":"734e3a7b-eb17-4d3f-901d-bcff178b"}`
		props := fmt.Sprintf(`{"state":"closed","agent":%s,"rating":%d.5,"note":"x","by":{"a%d@b.c":1}}`, agent, i-3, i)
		if i%3 == 0 {
			props = fmt.Sprintf(`{"state":"closed","agent":%s,"rating":7,"geoloc":{"lat":48,"lng":-3.5},"note":"2021-09-20T13:25:06+00:00","tags":["a",1]}`, agent)
		}
		events = append(events, event("create", i, props))
	}
	s := generate.New(generate.Options{Seed: 1, Start: time.Unix(1575976413, 0)})
	for range 200 {
		events = append(events, string(s.Next()))
	}
	return events
}

// Add adds an event, as a Learner does.
func (b *Baseline) Add(event string) { b.add(event, b.words.head(event)) }

func learn(events ...string) *Baseline {
	b := New(testRules())
	for _, e := range events {
		b.Add(e)
	}
	return b
}

func TestSchemaGolden(t *testing.T) {
	golden.Assert(t, string(learn(captured()...).Schema()), "baseline.json")
}

func compileSchema(t testing.TB, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("baseline.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("baseline.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validateBy validates an event by a schema.
func validateBy(t testing.TB, s *jsonschema.Schema, event string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

// TestSchemaIsOne validates the captured events by the schema, and others that drift.
func TestSchemaIsOne(t *testing.T) {
	s := compileSchema(t, learn(captured()...).Schema())
	for _, e := range captured() {
		if err := validateBy(t, s, e); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	for _, e := range []string{
		event("create", 1, `{"state":"closed"}`),
		event("create", 1, `{"state":"closed","agent":"x","rating":1,"note":""}`),
		event("update", 1, `{"state":1}`),
	} {
		if validateBy(t, s, e) == nil {
			t.Errorf("%s is valid", e)
		}
	}
}

// TestReadBack reads a baseline and writes the same, also after further events.
func TestReadBack(t *testing.T) {
	events := captured()
	whole := learn(events...)
	for n := range events {
		b, err := Read(learn(events[:n+1]...).Schema(), testRules())
		if err != nil {
			t.Fatal(n, err)
		}
		for _, e := range events[n+1:] {
			b.Add(e)
		}
		if got, want := string(b.Schema()), string(whole.Schema()); got != want {
			t.Fatalf("after %d events: %s", n+1, firstDifference(got, want))
		}
	}
}

// TestReadRange widens a range that was kept, whatever the rules for further numbers are.
func TestReadRange(t *testing.T) {
	rated := func(rating int) string { return event("update", 1, fmt.Sprintf(`{"state":"new","rating":%d}`, rating)) }
	b, err := Read(learn(rated(3), rated(90)).Schema(), Rules{Catalog: apizee.Documented(), Name: testRules().Name})
	if err != nil {
		t.Fatal(err)
	}
	b.Add(rated(250))
	if err := validateBy(t, compileSchema(t, b.Schema()), rated(250)); err != nil {
		t.Error(err)
	}
	if drifts := compare(b, rated(250), 1).Drifts; drifts != nil {
		t.Error(drifts)
	}
}

// TestNumberWithoutRange has a number that no float64 holds: the range would not be that of all.
func TestNumberWithoutRange(t *testing.T) {
	rated := func(rating string) string { return event("update", 1, `{"state":"new","rating":`+rating+`}`) }
	for _, ratings := range [][]string{{"1e400", "3"}, {"3", "1e400"}, {"3", "1e400", "5"}} {
		b := New(testRules())
		for _, rating := range ratings {
			b.Add(rated(rating))
		}
		for _, rating := range ratings {
			if drifts := compare(b, rated(rating), 1).Drifts; drifts != nil {
				t.Errorf("learned from %v: %v", ratings, drifts)
			}
		}
	}
}

func firstDifference(got, want string) string {
	for i, line := range strings.Split(want, "\n") {
		if lines := strings.Split(got, "\n"); i >= len(lines) || lines[i] != line {
			return fmt.Sprintf("line %d: want %s, got %s", i+1, line, strings.Join(lines[min(i, len(lines)):min(i+1, len(lines))], ""))
		}
	}
	return "longer"
}

// TestOrder learns the same from the same events in another order.
func TestOrder(t *testing.T) {
	events := captured()
	want := string(learn(events...).Schema())
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 {
		events[i], events[j] = events[j], events[i]
	}
	if got := string(learn(events...).Schema()); got != want {
		t.Error(firstDifference(got, want))
	}
}

func TestReadErrors(t *testing.T) {
	good := string(learn(event("update", 1, `{"state":"new","a":{"b":1}}`), event("update", 2, `{"state":"new"}`)).Schema())
	tests := map[string]struct{ old, new, want string }{
		"another version": {`"x-baseline": 1`, `"x-baseline": 2`, "a baseline of version 2; this program reads version 1"},
		"version as text": {`"x-baseline": 1`, `"x-baseline": "1"`, `a baseline of version "1"; this program reads version 1`},
		"other JSON":      {good, `{"event":"update"}`, "not a baseline: x-baseline is missing"},
		"an array":        {good, `[1]`, "line 1: has the wrong type"},
		"not JSON":        {`"x-events": 2,`, `"x-events": 2,,`, "line 6: not JSON: invalid character ',' at start of string (expecting '\"')"},
		"truncated":       {"\n  ]\n}\n", "", "not JSON: truncated"},
		"empty":           {good, " \n", "line 1: the file is empty"},
		"twice":           {`"x-baseline": 1,`, `"x-baseline": 1, "x-baseline": 1,`, `line 5: /x-baseline: not JSON: duplicate object member name`},
		"misspelled":      {`"required"`, `"requird"`, "line 15: /anyOf/0/requird: not a member of a baseline"},
		"wrong type":      {`"x-seen": 1`, `"x-seen": "1"`, "/x-seen: has the wrong type"},
		"no kinds":        {good, `{"x-baseline":1,"anyOf":[]}`, "line 1: /anyOf: there are no kinds of events"},
		"a sum":           {`"x-events": 2,` + "\n  \"x-since", `"x-events": 3,` + "\n  \"x-since", "line 6: /x-events: 3, but the kinds of events have 2 together"},
		"kind":            {`"object": "ticket"`, `"object": "tickets"`, `/anyOf/0/x-kind/object: "tickets" is not documented; did you mean "ticket"?`},
		"count":           {`"x-seen": 1`, `"x-seen": 2`, "/x-seen: must be from 1 to 1, one less than"},
		"word":            {`"enum": ["new"]`, `"enum": ["nww"]`, `/anyOf/0/properties/props/properties/state: "nww" is not documented; did you mean "new"?`},
		"format":          {`"type": "integer"}`, `"type": "integer", "x-formats": ["email"]}`, "has words or formats, but no value is a string"},
		"unknown type":    {`"type": "integer"}`, `"type": "int"}`, `"int" is not a type`},
		"range":           {`"type": "integer"}`, `"type": "integer", "minimum": 1}`, "needs a minimum and a maximum"},
		"required":        {`"required": ["b"]`, `"required": ["c"]`, `/required: "c" is not in properties`},
		"a time":          {`"x-since": "`, `"x-since": "yesterday`, "line 7: /x-since: must be a time such as 2006-01-02T15:04:05Z"},
		"no type":         {`"type": "integer"},`, `},`, "line 19: /anyOf/0/properties/objectId/type: must be a type"},
		"neither":         {`"required": ["b"],`, ``, "is not required and has no x-seen; add one of them"},
		"both":            {`"enum": ["new"]}`, `"enum": ["new"], "x-seen": 1}`, "a required value has no x-seen"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, test.old, test.new, 1)
			if text == good {
				t.Fatalf("%s is not in\n%s", test.old, good)
			}
			_, err := Read([]byte(text), testRules())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestNothingLeaks looks for values of the events in the baseline.
func TestNothingLeaks(t *testing.T) {
	schema := string(learn(captured()...).Schema())
	for _, value := range []string{"j.doe", "336", "734e", "b.c", "onhold", "room", "ping", "call", "2021", "-3.5", "26.5"} {
		if strings.Contains(schema, value) {
			t.Errorf("%s is in the baseline", value)
		}
	}
}

func TestManyMembers(t *testing.T) {
	b := New(testRules())
	var event strings.Builder
	event.WriteString(`{"object":"ticket","props":{`)
	for i := range 10 * MaxMembers {
		fmt.Fprintf(&event, `"n%d":%d,`, i, i)
	}
	b.Add(event.String() + `"state":"new"}}`)
	props := b.Kinds()[0].Root.byName["props"]
	if len(props.Members) != MaxMembers+1 || props.byName["state"] == nil || props.Others.Seen != 9*MaxMembers {
		t.Errorf("%d members, %+v", len(props.Members), props.Others)
	}
	if full := b.Full(); !slices.Equal(full, []string{"props"}) {
		t.Errorf("full: %q", full)
	}
	if err := validateBy(t, compileSchema(t, b.Schema()), event.String()+`"state":"new"}}`); err != nil {
		t.Error(err)
	}
	b.Add(`{"props":` + strings.Repeat(`[`, 1000) + strings.Repeat(`]`, 1000) + `}`)
	if _, err := Read(b.Schema(), testRules()); err != nil {
		t.Error(err)
	}
}

func TestFormatOf(t *testing.T) {
	tests := map[string]string{
		"": "empty", "a": "text", "0612345678": "phone", "734e3a7b-eb17-4d3f-901d-bcff178b": "uid", "734e3a7b-eb17-4d3f-901d-bcff178b1234": "uuid",
		"2021-09-20T13:25:06+00:00": "date-time", "2021-09-20 13:25:06": "text", "a.b@example.com": "email", "Jean Dupont": "text",
	}
	for text, want := range tests {
		if got := formatOf(text); got.String() != want || parseFormat(want) != got {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestRound(t *testing.T) {
	for number, want := range map[float64]float64{0: 0, 1: 1, 1.1: 2, 4: 5, 6: 10, 99: 100, 1234: 2000, 0.03: 0.05, -1: -1, -3: -2, -9: -5, -1234: -1000} {
		if got := round(number); got != want {
			t.Errorf("round(%v) = %v, want %v", number, got, want)
		}
	}
}
