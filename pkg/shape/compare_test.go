package shape

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// known is a baseline of 40 events, 10 of them with a position, and of 3 others.
func known() *Baseline {
	b := New(testRules())
	for i := range 40 {
		geoloc := ""
		if i%4 == 0 {
			geoloc = `,"geoloc":{"lat":47.5,"lng":-3}`
		}
		b.Add(event("update", i, fmt.Sprintf(`{"state":"invited","agent":{"email":"a@b.fr","name":"x"},"rating":%d,"by":{"a@b.c":1}%s}`, i, geoloc)))
	}
	for i := range 3 {
		b.Add(event("create", i, `{"state":"new","source":"web"}`))
	}
	for i := range 20 {
		b.Add(fmt.Sprintf(`{"event":"update","time":1,"object":"media","objectId":%d,"props":{"state":"completed","_parent":{"name":"ticket","id":1}}}`, i))
	}
	return b
}

// compare compares an event that is read for it.
func compare(b *Baseline, event string, minEvents int) Comparison {
	return b.Compare(apizee.Documented().ValidateText(event).Event, event, minEvents)
}

func TestCompare(t *testing.T) {
	agent := `"agent":{"email":"a@b.fr","name":"y"},"rating":3,"by":{"d@e.f":2}`
	tests := map[string]struct {
		event string
		want  []string
	}{
		"none":           {event("update", 1, `{"state":"invited",`+agent+`}`), nil},
		"none, optional": {event("update", 1, `{"state":"invited",`+agent+`,"geoloc":{"lat":1,"lng":2}}`), nil},
		"gone": {event("update", 1, `{"state":"invited","rating":3,"by":{}}`), []string{
			"breaking missing props.agent: missing; always there before"}},
		"renamed": {event("update", 1, `{"state":"invited","agent":{"mail":"a@b.fr","name":"y"},"rating":3,"by":{}}`), []string{
			"drift new-field props.agent.mail: new, of type string",
			"breaking missing props.agent.email: missing; always there before"}},
		"a field of the event": {`{"event":"update","object":"ticket","objectId":1,"props":{"state":"invited",` + agent + `}}`, []string{
			"breaking missing time: missing; always there before"}},
		"types": {event("update", 1, `{"state":"invited","agent":"A","rating":3.5,"by":{"x":null}}`), []string{
			"breaking type props.agent: string; always object before",
			"breaking type props.rating: number; always integer before",
			"breaking type props.by.*: null; always integer before"}},
		"format": {event("update", 1, `{"state":"invited","agent":{"email":"+33612345678","name":"y"},"rating":3,"by":{}}`), []string{
			"drift new-format props.agent.email: looks like phone; always like email before"}},
		"range": {event("update", 1, `{"state":"invited",`+strings.Replace(agent, `:3`, `:51`, 1)+`}`), []string{
			"info range props.rating: a number outside 0 to 50"}},
		"a name that is data": {event("update", 1, `{"state":"invited","x@y.z":1,`+agent+`}`), []string{
			"drift new-field props.*: new, of type integer"}},
		"an undocumented state": {event("update", 1, `{"state":"onhold"}`), []string{
			"breaking word props.state: an undocumented value; only documented ones before (invited)"}},
		"no state": {event("update", 1, `{"stat":"invited"}`), []string{
			"breaking missing props.state: missing; always there before"}},
		"a state of another type": {event("update", 1, `{"state":null}`), []string{
			"breaking type props.state: null; always string before"}},
		"a number as state": {event("update", 1, `{"state":3}`), []string{
			"breaking type props.state: integer; always string before"}},
		"another state": {event("update", 1, `{"state":"closed"}`), []string{
			`drift new-word props.state: "closed" was not seen before (invited)`}},
		"another event": {event("delete", 1, `{}`), []string{
			"drift new-kind no such event before"}},
		"another object": {`{"event":"update","time":1,"object":"room","objectId":1,"props":{}}`, []string{
			"drift new-kind no such event before"}},
		"few": {event("create", 1, `{"state":"new"}`), []string{
			"info missing props.source: missing; always there before; too few to tell (3 in the baseline)"}},
		"few of many": {event("update", 1, `{"state":"invited",`+agent+`,"geoloc":{"lat":1}}`), []string{
			"info missing props.geoloc.lng: missing; always there before; too few to tell (10 in the baseline)"}},
		"an integer is a number": {event("update", 1, `{"state":"invited",`+agent+`,"geoloc":{"lat":1,"lng":-2}}`), nil},
		"a prop with words": {`{"event":"update","time":1,"object":"media","objectId":1,"props":{"state":"completed","_parent":{"name":"call","id":1}}}`, []string{
			"breaking word props._parent.name: an undocumented value; only documented ones before (ticket)"}},
		"another word": {`{"event":"update","time":1,"object":"media","objectId":1,"props":{"state":"completed","_parent":{"name":"conference","id":1}}}`, []string{
			`drift new-word props._parent.name: "conference" was not seen before (ticket)`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range compare(known(), test.event, 20).Drifts {
				got = append(got, fmt.Sprintf("%s %s %s", d.Severity, d.Rule, d))
				if d.Consequence() == "" {
					t.Errorf("%s: no consequence", d.Rule)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareItems finds a drift of many items once, which rests on the events of the baseline and not on
// their items.
func TestCompareItems(t *testing.T) {
	b := New(testRules())
	for range 2 {
		b.Add(event("update", 1, `{"state":"invited","people":[{"p":1},{"p":2},{"p":3}],"by":{"a@b.c":1,"d@e.f":2}}`))
	}
	drifted := event("update", 1, `{"state":"invited","people":[{"p":""},{"p":4},{"p":""},{},{},{"p":true}],"by":{"a@b.c":null,"x@y.z":null}}`)
	var got []string
	for _, f := range compare(b, drifted, 2).Findings() {
		got = append(got, f.String())
	}
	want := []string{
		"props.people[].p: string; always integer before; 2 times",
		"props.people[].p: missing; always there before; 2 times",
		"props.people[].p: boolean; always integer before",
		"props.by.*: null; always integer before; 2 times",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sum := NewTally()
	sum.Add(compare(b, drifted, 3), 1)
	for _, c := range sum.Changes() {
		if !c.Few || c.Events != 2 || c.Count != 1 || c.Of != 1 {
			t.Errorf("%s: %d of %d, rests on %d events", c, c.Count, c.Of, c.Events)
		}
	}
}

// TestCompareLearned compares events with their own baseline, written and read back.
func TestCompareLearned(t *testing.T) {
	b, err := Read(learn(captured()...).Schema(), testRules())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range captured() {
		if drifts := compare(b, e, 1).Drifts; drifts != nil {
			t.Errorf("%s: %v", e, drifts)
		}
	}
}

// FuzzBaseline learns from any event, reads the baseline back, and finds no drift in the event.
func FuzzBaseline(f *testing.F) {
	for _, e := range captured()[:8] {
		f.Add(e)
	}
	f.Add(`{"props":{"state":"new","state":1}}`)
	f.Add(`{"a":[[[[]]],{},1e400,-0,"\ud800"],"b":{"":{"":1}}}`)
	f.Fuzz(func(t *testing.T, event string) {
		if !strings.HasPrefix(event, "{") || !jsontext.Value(event).IsValid() {
			return
		}
		b := learn(event, event)
		text := b.Schema()
		read, err := Read(text, testRules())
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if got := read.Schema(); string(got) != string(text) {
			t.Error(firstDifference(string(got), string(text)))
		}
		for _, each := range []*Baseline{b, read} {
			if drifts := compare(each, event, 1).Drifts; drifts != nil {
				t.Error(drifts)
			}
		}
		compare(known(), event, 1)
	})
}

// FuzzRead reads any text as a baseline.
func FuzzRead(f *testing.F) {
	events := captured()[:8]
	f.Add(learn(events...).Schema())
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Read(text, testRules())
		if err != nil {
			return
		}
		for _, e := range events {
			compare(b, e, 1)
			b.Add(e)
		}
		b.Fold()
		if _, err := Read(b.Schema(), testRules()); err != nil {
			t.Errorf("%v\n%s", err, b.Schema())
		}
	})
}

const usual = `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited","geoloc":{"lat":47.866675,"lng":-3.865805},` +
	`"agent":{"email":"jean.dupont@example.com","phone":"+33612345678","firstname":"Jean","lastname":"Dupont"},"tags":["a","b"],"note":null}}`

func BenchmarkAdd(b *testing.B) {
	l := New(testRules())
	b.SetBytes(int64(len(usual)))
	b.ReportAllocs()
	for b.Loop() {
		l.Add(usual)
	}
}

func BenchmarkCompare(b *testing.B) {
	baseline := New(Rules{Catalog: apizee.Documented(), Name: testRules().Name})
	for range 30 {
		baseline.Add(usual)
	}
	read := apizee.Documented().ValidateText(usual).Event
	b.SetBytes(int64(len(usual)))
	b.ReportAllocs()
	for b.Loop() {
		if baseline.Compare(read, usual, 20).Drifts != nil {
			b.Fatal("drift")
		}
	}
}

func TestTally(t *testing.T) {
	b, sum := known(), NewTally()
	for i := range 30 {
		c := compare(b, event("update", i, `{"state":"invited","agent":{},"rating":3,"by":{}}`), 20)
		sum.Add(c, 10+i)
	}
	sum.Add(compare(b, event("update", 1, `{"state":"closed"}`), 20), 50)
	sum.Add(compare(b, `{"event":"create","time":0,"object":"ticket","objectId":1,"props":{"state":"new"}}`, 20), 51) // which is no time
	sum.Add(compare(b, event("create", 1, `{"state":"new"}`), 20), 52)
	var got []string
	for _, c := range sum.Changes() {
		got = append(got, fmt.Sprintf("%s %s %s: %d of %d from line %d, %s", c.Severity, c.Kind, c.Path, c.Count, c.Of, c.Line, c.Since.Format("15:04:05")))
	}
	want := []string{
		"breaking ticket update invited props.agent.email: 30 of 30 from line 10, 11:13:33",
		"breaking ticket update invited props.agent.name: 30 of 30 from line 10, 11:13:33",
		"drift ticket update closed props.state: 1 of 1 from line 50, 11:13:34",
		"info ticket create new props.source: 2 of 2 from line 51, 11:13:34",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTallyIsBounded counts drifts of any number of names.
func TestTallyIsBounded(t *testing.T) {
	b, sum := known(), NewTally()
	for i := range 2 * maxChanges {
		sum.Add(compare(b, event("update", i, fmt.Sprintf(`{"state":"invited","agent":{"email":"a@b.fr","name":"x"},"rating":3,"by":{},"n%d":1}`, i)), 20), i)
	}
	if len(sum.Changes()) != maxChanges || sum.Omitted != maxChanges {
		t.Errorf("%d changes, %d omitted", len(sum.Changes()), sum.Omitted)
	}
}
