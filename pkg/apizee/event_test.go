package apizee

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummary(t *testing.T) {
	long := strings.Repeat("n", 1000)
	tests := []struct{ object, id, props, want string }{
		{"ticket", "100", `{}`, ""},
		{"ticket", "100", `{"state":"invited"}`, "state=invited"},
		{"ticket", "100", `{"agent":"Ada","geoloc":{"lat":47.8,"lng":-3.8},"state":"new"}`, "state=new|47.8,-3.8|agent=Ada"},
		{"ticket", "100", `{"geoloc.lng":-3.8}`, "geoloc.lng=-3.8"},
		{"ticket", "100", `{"geoloc.lat":1,"geoloc":{"lat":2}}`, "geoloc.lat=1"},
		{"media", "9", `{"_parent":{"id":100,"name":"ticket"},"state":"completed"}`, "state=completed|ticket/100"},
		{"media", "9", `{"_parent":{"id":100}}`, "_parent.id=100"},
		{"conversation", `"x"`, `{"name":"Two words","eventType":"conversationEnded"}`, `eventType=conversationEnded|name="Two words"`},
		{"conversation", `"x"`, `{"name":""}`, `name=""`},
		{"conversation", `"x"`, `{"name":"\u0041\"b"}`, `name="\u0041\"b"`},
		{"smsmessage", "1", `{"to":{"a":1},"ok":true}`, `to={"a":1}|ok=true`},
		{"conversationevent", `"x"`, `{"source":"agent","eventType":"ticket.invitationSent"}`, "ticket.invitationSent|source=agent"},
		{
			"conversationevent", `"x"`, `{"agent":{"email":"a@b","phone":"+33","firstname":"John","lastname":"Doe"},"eventType":"ticket.new"}`,
			"ticket.new|agent.email=a@b|agent.phone=+33|John Doe",
		},
		{"conversationevent", `"x"`, `{"eventType":"geo.ansAllowed","geoloc":{"lat":48.650032799999998,"lng":-3.36}}`, "geo.ansAllowed|48.650032799999998,-3.36"},
		{"conversation", `"x"`, `{"name":"` + long + `"}`, "name=" + long[:longestWord-len("name=")] + "…"},
		{"ticket", "100", `{"a":"` + long + `","b":"` + long + `","c":"` + long + `","d":1,"state":"new","e":2}`,
			"state=new|a=" + long[:longestWord-2] + "…|b=" + long[:longestWord-2] + "…|c=" + long[:longestWord-2] + "…|(2 more)"},
	}
	for _, test := range tests {
		t.Run(test.props, func(t *testing.T) {
			event := catalog.Validate([]byte(body(test.object, test.id, test.props))).Event
			if diff := cmp.Diff(test.want, strings.Join(event.Summary(), "|")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestValueText(t *testing.T) {
	tests := map[string]string{
		`"a"`: "a", `"a\u0062\n"`: "ab\n", `""`: "", `1.50`: "1.50", `null`: "null", `{"a":"b"}`: `{"a":"b"}`, `"`: `"`, ``: "", `"\x"`: `"\x"`,
	}
	for json, want := range tests {
		if got := (Value{JSON: json}).Text(); got != want {
			t.Errorf("text of %s = %q, want %q", json, got, want)
		}
	}
}

func TestFindingString(t *testing.T) {
	tests := []struct {
		finding Finding
		want    string
	}{
		{Finding{Message: "empty"}, "empty"},
		{Finding{Path: "time", Message: "late"}, "time: late"},
		{Finding{Path: "event", Message: "what", Documented: []string{"a", "b"}}, "event: what; documented: a, b"},
		{Finding{Path: "event", Message: "what", Documented: []string{"a", "b"}, Suggestion: "a"}, `event: what; did you mean "a"?`},
	}
	for _, test := range tests {
		if got := test.finding.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if got, want := quote(strings.Repeat("é", 61)), `"`+strings.Repeat("é", 60)+`…"`; got != want {
		t.Errorf("quote = %s", got)
	}
}

func TestNearest(t *testing.T) {
	states := catalog.Objects[0].Props[0].Values
	tests := []struct {
		word  string
		known []string
		want  string
	}{
		{"opend", states, "opened"},
		{"oped", states, "open"},
		{"OPENED", states, "opened"},
		{"inprog", states, "inprogress"},
		{"in-progress", states, "inprogress"},
		{"nwe", states, ""},
		{"sned", []string{"send"}, "send"},
		{"port", []string{"cert", "addr"}, ""},
		{"ne", states, "new"},
		{"call", catalog.ObjectNames(), ""},
		{"conv", catalog.ObjectNames(), "conversation"},
		{"conv", []string{"converse", "conversation"}, ""},
		{"", states, ""},
		{strings.Repeat("o", 65), states, ""},
		{"open", nil, ""},
	}
	for _, test := range tests {
		if got := Nearest(test.word, test.known); got != test.want {
			t.Errorf("Nearest(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	tests := map[string]int64{
		"0": 0, "-1": -1, "1575976413": 1575976413, "1e3": 1000, "1.5": 1, "1e400": 1<<63 - 1, "-1e400": -1 << 63, "x": 0, "": 0,
		"99999999999999999999": 1<<63 - 1, "-99999999999999999999": -1 << 63, "1e30": 1<<63 - 1, "NaN": 0,
	}
	for number, want := range tests {
		if got := Seconds(number); got != want {
			t.Errorf("Seconds(%q) = %d, want %d", number, got, want)
		}
	}
}
