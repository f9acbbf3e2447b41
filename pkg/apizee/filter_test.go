package apizee

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilterMatch(t *testing.T) {
	events := map[string]Event{
		"invited": catalog.Validate([]byte(body("ticket", "100", `{"state":"invited","geoloc":{"lat":47.8,"lng":-3.8}}`))).Event,
		"closed":  catalog.Validate([]byte(`{"event":"delete","time":7,"object":"ticket","objectId":101,"props":{"state":"closed","geoloc.lat":1,"agent":"Ada"}}`)).Event,
		"media":   catalog.Validate([]byte(body("media", `"100"`, `{"state":"inprogress","_parent":{"name":"ticket","id":100}}`))).Event,
		"sms":     catalog.Validate([]byte(body("smsmessage", "5", `{"state":"sent"}`))).Event,
		"session": catalog.Validate([]byte(body("conversationevent", `"x"`, `{"eventType":"ticket.new","agent":{"email":"a@b"}}`))).Event,
		"broken":  {},
	}
	tests := []struct {
		filter string // expressions, with a blank between them
		want   string
	}{
		{"", "broken closed invited media session sms"},
		{"props.eventType=ticket.new", "session"},
		{"props.agent.email=a@b", "session"},
		{"object=conversationevent props.eventType=ticket.teleported", ""},
		{"object!=ticket,media,conversation props.state=sent", "sms"},
		{"object=ticket", "closed invited"},
		{"object=ticket,media", "closed invited media"},
		{"object!=ticket", "broken media session sms"},
		{"object!=ticket,media", "broken session sms"},
		{"object=smsmessage", "sms"},
		{"object=smsmessage props.state=sent", "sms"},
		{"event=delete", "closed"},
		{"event!=delete object=ticket", "invited"},
		{"time=7", "closed"},
		{"objectId=100", "invited media"},
		{"objectId=100 object=media", "media"},
		{"objectId=734e3a7b", ""},
		{"objectId!=100", "broken closed session sms"},
		{"props.state=invited,closed", "closed invited"},
		{"props.state=cancelled", ""},
		{"props.state!=invited", "broken closed media session sms"},
		{"props.state=inprogress", "media"},
		{"object=ticket props.state!=closed", "invited"},
		{"props.geoloc.lat=47.8", "invited"},
		{"props.geoloc.lat=1", "closed"},
		{"props._parent.name=ticket props._parent.id=100", "media"},
		{"props._parent.id!=100 object=media", ""},
		{"props.agent=Ada", "closed"},
		{"props.agent!=Ada object=ticket", "invited"},
	}
	for _, test := range tests {
		t.Run(test.filter, func(t *testing.T) {
			f, err := catalog.ParseFilter(strings.Fields(test.filter))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for name, e := range events {
				if f.Match(e) {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilterSpaces(t *testing.T) {
	f, err := catalog.ParseFilter([]string{" object = ticket , media ", "event != delete"})
	if err != nil {
		t.Fatal(err)
	}
	if !f.Match(Event{Object: "media", Name: "update"}) || f.Match(Event{Object: "media", Name: "delete"}) {
		t.Error("spaces around words changed what matches")
	}
}

// TestFilterMissing asks an event that has nothing for an empty value of each key.
func TestFilterMissing(t *testing.T) {
	for _, key := range catalog.FilterKeys() {
		if (Filter{[]condition{{key: key, values: []string{""}}}}).Match(Event{}) {
			t.Errorf("%s= matches an event without it", key)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	const states = "new, open, opened, invited, inprogress, updated, expired, declined, rejected, done, closed"
	const keys = "event, time, object, objectId, props.state, props.geoloc.lat, props.geoloc.lng, " +
		"props._parent.name, props._parent.id, props.eventType, props.name, props.finishedAt, " +
		"props.agent.email, props.agent.phone, props.agent.firstname, props.agent.lastname"
	tests := []struct{ filter, want string }{
		{"ticket", `filter "ticket": = is missing; write it as "object=ticket"`},
		{"=ticket", `filter "=ticket": unknown key "" (documented: ` + keys + ")"},
		{"objekt=ticket", `filter "objekt=ticket": unknown key "objekt"; did you mean "object"? (documented: ` + keys + ")"},
		{"state=new", `filter "state=new": unknown key "state"; did you mean "props.state"? (documented: ` + keys + ")"},
		{"props.=new", `filter "props.=new": unknown key "props." (documented: ` + keys + ")"},
		{"props=new", `filter "props=new": unknown key "props" (documented: ` + keys + ")"},
		{"object=tickets", `filter "object=tickets": "tickets" is not a documented object; did you mean "ticket"? (documented: ticket, media, conversation)`},
		{"object=", `filter "object=": "" is not a documented object (documented: ticket, media, conversation)`},
		{"object!=tickets", `filter "object!=tickets": "tickets" is not a documented object; did you mean "ticket"? (documented: ticket, media, conversation)`},
		{"event=updated", `filter "event=updated": "updated" is not a documented event; did you mean "update"? (documented: create, update, delete)`},
		{"time=yesterday", `filter "time=yesterday": "yesterday" is not a valid time; use a UNIX timestamp in seconds`},
		{
			"object=ticket props.state=opend",
			`filter "props.state=opend": "opend" is not a documented ticket state; did you mean "opened"? (documented: ` + states + ")",
		},
		{
			"object!=media props.state=new,opend",
			`filter "props.state=new,opend": "opend" is not a documented ticket state; did you mean "opened"? (documented: ` + states + ")",
		},
		{
			"props.state!=opend",
			`filter "props.state!=opend": "opend" is not a documented ticket or media state; did you mean "opened"? (documented: ` +
				states + ", uncompleted, completed, error)",
		},
		{
			"props.state=done object=media",
			`filter "props.state=done": "done" is not a documented media state (documented: inprogress, uncompleted, completed, error)`,
		},
		{
			"object=media props.state=cancelled",
			`filter "props.state=cancelled": "cancelled" is not a documented media state (documented: inprogress, uncompleted, completed, error)`,
		},
		{
			"object=ticket props.eventType=conversationEnded",
			`filter "props.eventType=conversationEnded": "eventType" is not a prop of the selected objects (documented: state, geoloc.lat, geoloc.lng)`,
		},
		{
			"object=ticket props.geoloc=1",
			`filter "props.geoloc=1": "geoloc" is not a prop of the selected objects (documented: state, geoloc.lat, geoloc.lng)`,
		},
		{
			"props.eventType=ticket.invitationsend",
			`filter "props.eventType=ticket.invitationsend": "ticket.invitationsend" is not a documented conversation eventType; did you mean "ticket.invitationSent"? (documented: conversationEnded)`,
		},
		{"object=ticket object=media", `filter "object=media": excludes every object; all expressions must match`},
		{"objectId=", `filter "objectId=": an objectId is missing`},
		{"objectId!=100,", `filter "objectId!=100,": an objectId is missing`},
		{"event=create event!=create", `filter "event!=create": excludes every event; all expressions must match`},
	}
	for _, test := range tests {
		t.Run(test.filter, func(t *testing.T) {
			f, err := catalog.ParseFilter(strings.Fields(test.filter))
			if err == nil {
				t.Fatalf("accepted: %v", f)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilterCompletion(t *testing.T) {
	for _, key := range catalog.FilterKeys() {
		for _, value := range catalog.FilterValues(key) {
			if _, err := catalog.ParseFilter([]string{key + "=" + value}); err != nil {
				t.Errorf("%s=%s: %v", key, value, err)
			}
		}
	}
	want := []string{"ticket", "conference", "conversation"}
	if diff := cmp.Diff(want, catalog.FilterValues("props._parent.name")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, key := range []string{"state", "time", "props.name", "nothing", ""} {
		if values := catalog.FilterValues(key); values != nil {
			t.Errorf("FilterValues(%q) = %q", key, values)
		}
	}
}
