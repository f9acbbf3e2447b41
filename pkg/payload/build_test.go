package payload

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

var documented = apizee.Documented()

func TestBuild(t *testing.T) {
	tests := []struct {
		name string
		spec Spec
		want string
	}{
		{name: "the documented ticket", spec: Spec{Object: "ticket"},
			want: `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"invited"}}`},
		{name: "the documented conversation", spec: Spec{Object: "conversation"},
			want: `{"event":"update","time":1575976413,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"eventType":"conversationEnded","name":"TEST","finishedAt":"2021-09-20T13:25:06+00:00"}}`},
		{name: "a media", spec: Spec{Object: "media"},
			want: `{"event":"update","time":1575976413,"object":"media","objectId":9,"props":{"state":"inprogress","_parent":{"name":"ticket","id":100}}}`},
		{name: "flags over the example", spec: Spec{Object: "media", ID: "m-1", Props: []Prop{{"state", "completed"}}},
			want: `{"event":"update","time":1575976413,"object":"media","objectId":"m-1","props":{"state":"completed","_parent":{"name":"ticket","id":100}}}`},
		{name: "documented order and typed digits",
			spec: Spec{Object: "ticket", Event: "create", ID: "4211", Props: []Prop{{"geoloc.lng", "-3.80"}, {"geoloc.lat", "4.780e1"}, {"state", "new"}}},
			want: `{"event":"create","time":1575976413,"object":"ticket","objectId":4211,"props":{"state":"new","geoloc":{"lat":4.780e1,"lng":-3.80}}}`},
		{name: "the last of a repeated flag", spec: Spec{Object: "ticket", Props: []Prop{{"state", "new"}, {"state", "done"}}},
			want: `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"done"}}`},
		{name: "delete has no props", spec: Spec{Object: "ticket", Event: "delete"},
			want: `{"event":"delete","time":1575976413,"object":"ticket","objectId":100,"props":{}}`},
		{name: "delete with a prop", spec: Spec{Object: "media", Event: "delete", Props: []Prop{{"_parent.id", "7"}}},
			want: `{"event":"delete","time":1575976413,"object":"media","objectId":9,"props":{"_parent":{"id":7}}}`},
		{name: "Z is written as an offset, and text as it is",
			spec: Spec{Object: "conversation", ID: "12", Props: []Prop{{"finishedAt", "2021-09-20T13:25:06.50Z"}, {"name", `<b>"é" & 47</b>`}}},
			want: `{"event":"update","time":1575976413,"object":"conversation","objectId":"12","props":{"eventType":"conversationEnded","name":"<b>\"é\" & 47</b>","finishedAt":"2021-09-20T13:25:06.50+00:00"}}`},
		{name: "an empty text", spec: Spec{Object: "conversation", Event: "delete", Props: []Prop{{"name", ""}}},
			want: `{"event":"delete","time":1575976413,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"name":""}}`},
		{name: "undocumented words and types",
			spec: Spec{Object: "ticket", Event: "archive", ID: "abc", Undocumented: true,
				Props: []Prop{{"note", `{"a": 1.0}`}, {"geoloc.alt", "12"}, {"geoloc.lng", "east"}, {"geoloc.lat", "95"}, {"state", "5"}, {"vip", "yes"}}},
			want: `{"event":"archive","time":1575976413,"object":"ticket","objectId":"abc","props":{"state":"5","geoloc":{"lat":95,"lng":"east","alt":12},"note":{"a":1.0},"vip":"yes"}}`},
		{name: "the props of an event type", spec: Spec{Object: "conversationevent", Props: []Prop{{"eventType", "geo.ansAllowed"}, {"source", "guest"}}},
			want: `{"event":"create","time":1575976413,"object":"conversationevent","objectId":"6564a3f19c2e7b0d4f8a1c35","props":{"eventType":"geo.ansAllowed","geoloc":{"lat":48.650032799999998,"lng":-3.3655395000000001},"source":"guest"}}`},
		{name: "an event type without props", spec: Spec{Object: "conversationevent", ID: "7", Props: []Prop{{"eventType", "ticket.invitationSent"}}},
			want: `{"event":"create","time":1575976413,"object":"conversationevent","objectId":"7","props":{"eventType":"ticket.invitationSent"}}`},
		{name: "an unknown event type", spec: Spec{Object: "conversationevent", Props: []Prop{{"eventType", "ticket.teleported"}}},
			want: `{"event":"create","time":1575976413,"object":"conversationevent","objectId":"6564a3f19c2e7b0d4f8a1c35","props":{"eventType":"ticket.teleported"}}`},
		{name: "another type in a partly documented object", spec: Spec{Object: "conversationevent", ID: "7", Props: []Prop{{"eventType", "x"}, {"geoloc.lat", "north"}}},
			want: `{"event":"create","time":1575976413,"object":"conversationevent","objectId":"7","props":{"eventType":"x","geoloc":{"lat":"north"}}}`},
		{name: "warnings", spec: Spec{Object: "media", Props: []Prop{{"_parent.id", "1e2"}, {"stat", "new"}}},
			want: `{"event":"update","time":1575976413,"object":"media","objectId":9,"props":{"state":"inprogress","_parent":{"name":"ticket","id":1e2},"stat":"new"}}`},
		{name: "a word of other pages", spec: Spec{Object: "ticket", Props: []Prop{{"state", "cancelled"}}},
			want: `{"event":"update","time":1575976413,"object":"ticket","objectId":100,"props":{"state":"cancelled"}}`},
		{name: "an undocumented object", spec: Spec{Object: "smsmessage", ID: "5", Undocumented: true, Props: []Prop{{"b", "1"}, {"a", "x"}}},
			want: `{"event":"update","time":1575976413,"object":"smsmessage","objectId":5,"props":{"b":1,"a":"x"}}`},
		{name: "an undocumented date", spec: Spec{Object: "conversation", Event: "delete", Undocumented: true, Props: []Prop{{"finishedAt", "2021-09-20T13:25:06Z"}}},
			want: `{"event":"delete","time":1575976413,"object":"conversation","objectId":"734e3a7b-eb17-4d3f-901d-bcff178b","props":{"finishedAt":"2021-09-20T13:25:06Z"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, report, err := Build(documented, tt.spec, 1575976413)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if findings := documented.Validate(got).Findings; len(findings) != len(report.Findings) || apizee.HasError(findings) && !tt.spec.Undocumented {
				t.Errorf("findings: %v", findings)
			}
		})
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		spec Spec
		path string
		want string
	}{
		{Spec{Object: "ticket", Props: []Prop{{"state", "opend"}}}, "props.state",
			`props.state: "opend" is not a documented ticket state; did you mean "opened"?`},
		{Spec{Object: "ticket", Props: []Prop{{"geoloc.lat", "95"}}}, "props.geoloc.lat",
			`props.geoloc.lat: must be a latitude from -90 to 90, not 95`},
		{Spec{Object: "ticket", Props: []Prop{{"geoloc.lat", "47,8"}}}, "props.geoloc.lat",
			`props.geoloc.lat: must be a number such as 47.866675, not "47,8"`},
		{Spec{Object: "ticket", ID: "abc"}, "objectId", `objectId: must be an integer such as 100, not "abc"`},
		{Spec{Object: "ticket", ID: "1.5"}, "objectId", `objectId: must be an integer, not 1.5`},
		{Spec{Object: "ticket", ID: "1e2"}, "objectId", `objectId: 1e2 is not written as an integer; many decoders reject it`},
		{Spec{Object: "conversation", Props: []Prop{{"finishedAt", "yesterday"}}}, "props.finishedAt",
			`props.finishedAt: "yesterday" is not a valid RFC 3339 time such as 2021-09-20T13:25:06+00:00`},
		{Spec{Object: "conversation", Props: []Prop{{"finishedAt", "2021-09-20T13:25:60Z"}}}, "props.finishedAt",
			`props.finishedAt: "2021-09-20T13:25:60Z" is not a valid RFC 3339 time such as 2021-09-20T13:25:06+00:00`},
		{Spec{Object: "tiket"}, "object", `object: "tiket" is not a documented object; did you mean "ticket"?`},
		{Spec{Object: "conversationevent", Event: "creat"}, "event", `event: "creat" is not a documented event of a conversationevent; did you mean "create"?`},
		{Spec{Object: "ticket", Event: "updated"}, "event", `event: "updated" is not a documented event; did you mean "update"?`},
		{Spec{Object: "ticket", Props: []Prop{{"state", "\xff"}}}, "props.state", `props.state: the text is not UTF-8`},
		{Spec{Object: "call", Undocumented: true}, "objectId", `objectId: no id is documented for call; set one`},
		{Spec{Object: "ticket", Undocumented: true, Props: []Prop{{"a", "1"}, {"a.b", "2"}}}, "props.a.b",
			`props.a.b: a cannot be a value and a group of props at once`},
		{Spec{Object: "ticket", Undocumented: true, Props: []Prop{{"a.b", "1"}, {"a", "2"}}}, "props.a",
			`props.a: a cannot be a value and a group of props at once`},
		{Spec{Object: "ticket", Undocumented: true, Props: []Prop{{strings.Repeat("a.", 1000) + "a", "1"}}}, "props." + strings.Repeat("a.", 20) + "…",
			"props." + strings.Repeat("a.", 20) + "…: nested too deep"},
		{Spec{Object: "ticket", Undocumented: true, Props: []Prop{{"a..b", "1"}}}, "props.a..b", `props.a..b: a part of the name is empty`},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			body, _, err := Build(documented, tt.spec, 1)
			field := (*FieldError)(nil)
			if !errors.As(err, &field) {
				t.Fatalf("body %s, error %v", body, err)
			}
			if field.Path != tt.path || err.Error() != tt.want || body != nil {
				t.Errorf("path %q, body %s, error\n%v, want\n%s", field.Path, body, err, tt.want)
			}
		})
	}
}

func TestCompose(t *testing.T) {
	got, err := Compose(documented, Fields{
		Event: "create", Object: "media", Time: json.RawMessage(" 5 "),
		Props: json.RawMessage(`{ "z": [1, 2.0], "_parent": {"x": 1, "id": 2, "name": "a<b"}, "_parent.id": 3, "state": "error" }`),
	})
	want := `{"event":"create","time":5,"object":"media","objectId":9,"props":{"state":"error","_parent":{"name":"a<b","id":2,"x":1},"_parent.id":3,"z":[1,2.0]}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	for _, f := range []Fields{{}, {Time: json.RawMessage("1")}, {Time: json.RawMessage("x"), Object: "ticket"}} {
		if _, err := Compose(documented, f); err == nil || !strings.Contains(err.Error(), "not JSON") {
			t.Errorf("Compose(%v): error %v", f, err)
		}
	}
}

// FuzzBuild checks that Build returns an error or one event, which is valid unless
// undocumented values are allowed.
func FuzzBuild(f *testing.F) {
	f.Add("ticket", "update", "100", "state", "invited", false)
	f.Add("media", "", "m", "_parent.id", "007", true)
	f.Add("conversation", "delete", "", "a.b.c", `{"a":1,"a":2}`, true)
	f.Add("0", "0", "0", "0", "\"\xff\"", true)
	f.Add("smsmessage", "x", "1e999", "geoloc", "\u2028<", true)
	f.Fuzz(func(t *testing.T, object, event, id, path, text string, undocumented bool) {
		spec := Spec{Object: object, Event: event, ID: id, Props: []Prop{{path, text}, {"state", "new"}}, Undocumented: undocumented}
		body, _, err := Build(documented, spec, 1)
		if err != nil {
			return
		}
		if _, err := Raw(body); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if findings := documented.Validate(body).Findings; apizee.HasError(findings) && !undocumented {
			t.Fatalf("%s: %v", body, findings)
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	for _, object := range documented.ObjectNames() {
		b.Run(object, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Build(documented, Spec{Object: object, ID: "1"}, 1575976413); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
