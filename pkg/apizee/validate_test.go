package apizee

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// body returns an event with the parts that matter to a test, as JSON.
func body(object, id, props string) string {
	return fmt.Sprintf(`{"event":"update","time":1575976413,"object":%q,"objectId":%s,"props":%s}`, object, id, props)
}

// lines are findings as "severity path: advice".
func lines(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Severity)+" "+f.String())
	}
	return out
}

// sessionPage is the warning that every session event has.
const sessionPage = `warning object: "conversationevent" is a partly documented object (Apizee's page "Session Events API")`

type validateTest struct {
	name, body string
	want       []string
}

func runValidate(t *testing.T, tests []validateTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := catalog.Validate([]byte(test.body))
			if diff := cmp.Diff(test.want, lines(report.Findings)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.body, diff)
			}
			wantOK := !strings.Contains(strings.Join(test.want, "\n")+"\n", "error ")
			if report.OK() != wantOK {
				t.Errorf("OK() = %v, want %v", report.OK(), wantOK)
			}
		})
	}
}

func TestValidateSyntax(t *testing.T) {
	ticket := body("ticket", "100", "{}")
	runValidate(t, []validateTest{
		{"empty", "", []string{"error the body is empty; a JSON event is documented"}},
		{"blank", " \r\n\t", []string{"error the body is empty; a JSON event is documented"}},
		{"one brace", "{", []string{"error not JSON: truncated"}},
		{"cut short", ticket[:len(ticket)-1], []string{"error not JSON: truncated"}},
		{"two events", ticket + "\n" + ticket, []string{"error more than one JSON value; a request carries one event"}},
		{"an event and half a one", ticket + `{"event":`, []string{"error more than one JSON value; a request carries one event"}},
		{"text after it", ticket + "x", []string{"error not JSON: invalid character 'x' at start of value (line 1, column 81)"}},
		{
			"a comma too many", `{"event":"update",}`,
			[]string{"error not JSON: invalid character ',' at start of value (line 1, column 18)"},
		},
		{
			"where it is", "{\"event\":\n  \"update\",\n  oops}",
			[]string{"error not JSON: invalid character 'o' at start of value (line 3, column 3)"},
		},
		{"form", "event=update", []string{"error not JSON: invalid character 'e' at start of value (line 1, column 1)"}},
		{"a mark before it", "\ufeff{}", []string{`error not JSON: invalid character '\ufeff' at start of value (line 1, column 1)`}},
		{"not UTF-8", "{\"a\":\"\xff\"}", []string{"error a: not JSON: invalid UTF-8 (line 1, column 7)"}},
		{
			"half a surrogate", `{"a":"\ud800"}`,
			[]string{"error a: not JSON: invalid surrogate pair `\\ud800\"}` in string (line 1, column 7)"},
		},
		{"array", "[]", []string{"error the body must be a JSON object, not an array"}},
		{"string", `"update"`, []string{`error the body must be a JSON object, not the string "update"`}},
		{"number", "12", []string{"error the body must be a JSON object, not 12"}},
		{"null", "null", []string{"error the body must be a JSON object, not null"}},
		{"boolean", "true", []string{"error the body must be a JSON object, not true"}},
	})
}

// TestValidateReadsUpToTheError reads the members before an error, but no part of one.
func TestValidateReadsUpToTheError(t *testing.T) {
	for body, want := range map[string]string{
		`{"event":"create","object":"ticket"`:                            `create ticket []`,
		`{"event":"create","object":"ticket",`:                           `create ticket []`,
		`{"event":"create","object":"tick`:                               `create  []`,
		`{"event":"create","object"`:                                     `create  []`,
		`{"event":"create","event":"update"}`:                            `create  []`,
		`{"object":"ticket","props":{"geoloc":{"lat":1},"state":"new"}x`: ` ticket [geoloc.lat=1 state="new"]`,
		`{"object":"ticket","props":{"geoloc":{"lat":1},"state":"new"`:   ` ticket []`,
		`{"object":"ticket","a":[1,2`:                                    ` ticket []`,
	} {
		event := catalog.Validate([]byte(body)).Event
		var props []string
		for _, p := range event.Props {
			props = append(props, p.Path+"="+p.JSON)
		}
		if got := fmt.Sprintf("%s %s %s", event.Name, event.Object, props); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func TestValidateDuplicateKeys(t *testing.T) {
	const twice = ": duplicate key; which of the values is used depends on the parser"
	runValidate(t, []validateTest{
		{"field", `{"event":"update","event":"update"}`, []string{"error event" + twice}},
		{"escaped", `{"event":"update","\u0065vent":"update"}`, []string{"error event" + twice}},
		{"prop", body("ticket", "1", `{"state":"new","state":"new"}`), []string{"error props.state" + twice}},
		{"nested prop", body("ticket", "1", `{"geoloc":{"lat":1,"lat":1}}`), []string{"error props.geoloc.lat" + twice}},
		{"deep", body("ticket", "1", `{"a":[{"b":{"c":1,"c":1}}]}`), []string{"error props.a.0.b.c" + twice}},
	})
}

func TestValidateFields(t *testing.T) {
	event := func(name, time, object, id, props string) string {
		return fmt.Sprintf(`{"event":%s,"time":%s,"object":%s,"objectId":%s,"props":%s}`, name, time, object, id, props)
	}
	at := func(time string) string { return event(`"update"`, time, `"ticket"`, "100", "{}") }
	runValidate(t, []validateTest{
		{"the documented ticket", body("ticket", "100", `{"state":"invited"}`), nil},
		{"any order, any space", "\n{ \"props\" : { } , \"objectId\":1 ,\"object\":\"ticket\",\"time\":1,\"event\":\"create\"\t}\n", nil},
		{"escaped names and words", `{"ev\u0065nt":"cr\u0065ate","time":1,"object":"tick\u0065t","objectId":1,"props":{"stat\u0065":"n\u0065w"}}`, nil},
		{"delete without props", event(`"delete"`, "1", `"media"`, "9", "{}"), nil},
		{"nothing", "{}", []string{
			"error event: the field is missing", "error time: the field is missing", "error object: the field is missing",
			"error objectId: the field is missing", "error props: the field is missing",
		}},
		{"misspelled", `{"evnt":"update","Time":1,"object":"ticket","objectId":1,"props":{}}`, []string{
			"error event: the field is missing", "error time: the field is missing",
			`warning evnt: not a documented field; did you mean "event"?`, `warning Time: not a documented field; did you mean "time"?`,
		}},
		{"one more", `{"event":"update","time":1,"object":"ticket","objectId":1,"props":{},"retries":{"event":1}}`, []string{
			"warning retries: not a documented field; documented: event, time, object, objectId, props",
		}},
		{"props among the fields", `{"event":"update","time":1,"object":"ticket","objectId":1,"props":{},"state":"new","geoloc":{"lat":1},"geoloc.lng":2}`, []string{
			`warning state: not a documented field; did you mean "props.state"?`,
			`warning geoloc: not a documented field; did you mean "props.geoloc"?`,
			`warning geoloc.lng: not a documented field; did you mean "props.geoloc.lng"?`,
		}},
		{"a prop of another object", `{"event":"update","time":1,"object":"media","objectId":1,"props":{},"geoloc":{}}`, []string{
			"warning geoloc: not a documented field; documented: event, time, object, objectId, props",
		}},
		{"no word is right", event(`"upd"`, "1.5", `"tiket"`, "{}", "[]"), []string{
			`error event: "upd" is not a documented event; did you mean "update"?`,
			"error time: must be an integer, not 1.5",
			`error object: "tiket" is not a documented object; did you mean "ticket"?`,
			"error objectId: must be an integer or a string, not an object",
			"error props: must be an object, not an array",
		}},
		{"no type is right", event("1", `"1575976413"`, "null", "true", "null"), []string{
			"error event: must be a string, not 1",
			`error time: must be an integer, not the string "1575976413"`,
			"error object: must be a string, not null",
			"error objectId: must be an integer or a string, not true",
			"error props: must be an object, not null",
		}},
		{"nothing close", event(`""`, "1", `"call"`, "1", "{}"), []string{
			`error event: "" is not a documented event; documented: create, update, delete`,
			`error object: "call" is not a documented object; documented: ticket, media, conversation`,
		}},
		{"newer words", event(`"conversationevent.create"`, "1", `"smsmessage"`, `"a"`, `{"a":{"b":1}}`), []string{
			`warning event: "conversationevent.create" is a partly documented event (on other Apizee pages only)`,
			`warning object: "smsmessage" is a partly documented object (Apizee's page "Webhooks, as of 2026")`,
		}},
		{"partly documented", `{"event":"create","time":1,"object":"conversationevent","objectId":"x","props":{"eventType":"ticket.invitationSent","source":"agent","a":{"b":[]}}}`, []string{sessionPage}},
		{"its event as the page names it", `{"event":"conversationevent.create","time":1,"object":"conversationevent","objectId":"x","props":{}}`, []string{
			`warning event: "conversationevent.create" is a partly documented event (on other Apizee pages only)`, sessionPage,
		}},
		{"nothing known in it", `{"event":"creat","time":1,"object":"conversationevent","objectId":5,"props":{"eventType":"ticket.invitationsend","geoloc":1,"agent":{"email":5}}}`, []string{
			`warning event: "creat" is not a documented event of a conversationevent; did you mean "create"?`,
			sessionPage,
			`warning objectId: is assumed to be a string, as the page does not say`,
			`warning props.eventType: "ticket.invitationsend" is not a documented conversationevent eventType; did you mean "ticket.invitationSent"?`,
			`warning props.geoloc: must be an object, not 1`,
			`warning props.agent.email: must be a string, not 5`,
		}},
		{"an event type like no other", `{"event":"create","time":1,"object":"conversationevent","objectId":"","props":{"eventType":"x"}}`, []string{
			sessionPage, `warning objectId: must not be empty`, `warning props.eventType: "x" is not a documented conversationevent eventType`,
		}},
		{"wrong types of its fields", `{"event":1,"time":"1","object":"conversationevent","objectId":1.5,"props":[]}`, []string{
			`error event: must be a string, not 1`, `error time: must be an integer, not the string "1"`, sessionPage,
			`error objectId: must be an integer or a string, not 1.5`, `error props: must be an object, not an array`,
		}},
		{"fields missing", `{"object":"smsmessage","objectId":null,"more":1}`, []string{
			`error event: the field is missing`, `error time: the field is missing`,
			`warning object: "smsmessage" is a partly documented object (Apizee's page "Webhooks, as of 2026")`,
			`error objectId: must be an integer or a string, not null`, `error props: the field is missing`,
			`warning more: not a documented field; documented: event, time, object, objectId, props`,
		}},
		{"milliseconds", at("1575976413000"), []string{
			"warning time: 1575976413000 looks like milliseconds; a UNIX timestamp in seconds is documented",
		}},
		{"beyond 64 bits", at(strings.Repeat("9", 50)), []string{
			"warning time: " + strings.Repeat("9", 40) + "… looks like milliseconds; a UNIX timestamp in seconds is documented",
		}},
		{"before 1970", at("-1"), []string{"warning time: -1 is before 1970; a UNIX timestamp in seconds is documented"}},
		{"time with a point", at("1.0"), []string{"warning time: 1.0 is not written as an integer; many decoders reject it"}},
		{"time with an exponent", at("1E3"), []string{"warning time: 1E3 is not written as an integer; many decoders reject it"}},
		{"a small part of a second", at("1e-400"), []string{"error time: must be an integer, not 1e-400"}},
		{"time from a date", at(`"2021-09-20T13:25:06+00:00"`), []string{
			`error time: must be an integer, not the string "2021-09-20T13:25:06+00:00"`,
		}},
	})
}

func TestValidateObjectID(t *testing.T) {
	runValidate(t, []validateTest{
		{"ticket, string", body("ticket", `"100"`, "{}"), []string{`error objectId: must be an integer, not the string "100"`}},
		{"ticket, fraction", body("ticket", "1.5", "{}"), []string{"error objectId: must be an integer, not 1.5"}},
		{"conversation, number", body("conversation", "100", "{}"), []string{
			"error objectId: must be a string, not 100",
		}},
		{"conversation, empty", body("conversation", `""`, "{}"), []string{"error objectId: must not be empty"}},
		{"conversation, any shape", body("conversation", `"x"`, "{}"), nil},
		{"media, integer", body("media", "9", "{}"), nil},
		{"media, string", body("media", `"9"`, "{}"), nil},
		{"media, empty", body("media", `""`, "{}"), []string{"error objectId: must not be empty"}},
		{"media, array", body("media", "[9]", "{}"), []string{
			"error objectId: must be an integer or a string, not an array",
		}},
		{"before its object", `{"objectId":"1","object":"ticket","event":"update","time":1,"props":{}}`, []string{
			`error objectId: must be an integer, not the string "1"`,
		}},
	})
}

// onlyRead compares the exported fields of events.
var onlyRead = cmpopts.IgnoreUnexported(Event{})

func TestValidateReadsTheEvent(t *testing.T) {
	tests := []struct {
		name, body string
		want       Event
	}{
		{
			"nested", body("media", "9", `{"_parent":{"name":"ticket","id":100},"x":{"y":1}}`),
			Event{Name: "update", Time: "1575976413", Object: "media", ID: "9", Props: []Value{{"_parent.name", `"ticket"`}, {"_parent.id", "100"}, {"x", `{"y":1}`}}},
		},
		{
			"dotted", body("media", `"9"`, `{"_parent.name":"ticket","_parent.id":100}`),
			Event{Name: "update", Time: "1575976413", Object: "media", ID: `"9"`, Props: []Value{{"_parent.name", `"ticket"`}, {"_parent.id", "100"}}},
		},
		{"cut short", `{"event":"update","time":1,"object":"tic`, Event{Name: "update", Time: "1"}},
		{"cut in its props", `{"event":"update","object":"ticket","objectId":100,"props":{"state":"new"`, Event{Name: "update", Object: "ticket", ID: "100"}},
		{"unknown object", body("call", "1", `{"a":{"b":1}}`), Event{Name: "update", Time: "1575976413", Object: "call", ID: "1", Props: []Value{{"a", `{"b":1}`}}}},
		{"no JSON", "x", Event{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			input := []byte(test.body)
			got := catalog.Validate(input).Event
			clear(input) // the report must not share its memory
			if diff := cmp.Diff(test.want, got, onlyRead); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindingOffsets(t *testing.T) {
	text := `{"event":"update","time":1,"object":"ticket","objectId":1,"props":{"state":"opend","geoloc":{"lat":91}},"more":1}`
	for _, f := range catalog.Validate([]byte(text)).Findings {
		want := map[string]string{"props.state": `"opend"`, "props.geoloc.lat": "91", "more": "1}"}[f.Path]
		if want == "" || !strings.HasPrefix(text[f.Offset:], want) {
			t.Errorf("%s points to %q, want %q", f.Path, text[f.Offset:], want)
		}
	}
}
