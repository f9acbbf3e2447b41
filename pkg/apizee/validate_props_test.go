package apizee

import "testing"

func TestValidateProps(t *testing.T) {
	ticket := func(props string) string { return body("ticket", "100", props) }
	media := func(props string) string { return body("media", "9", props) }
	conversation := func(props string) string { return body("conversation", `"x"`, props) }
	runValidate(t, []validateTest{
		{"nested", ticket(`{"geoloc":{"lat":47.866675,"lng":-3.865805}}`), nil},
		{"dotted", ticket(`{"geoloc.lat":90,"geoloc.lng":-180}`), nil},
		{"mixed", ticket(`{"geoloc":{"lat":1},"geoloc.lng":1}`), []string{
			"warning props: nested and dotted names are mixed; use one form",
		}},
		{"twice", ticket(`{"geoloc.lat":1,"geoloc":{"lat":2}}`), []string{
			"warning props.geoloc.lat: the prop is given twice, nested and dotted",
		}},
		{"half a slip", ticket(`{"state":"opend"}`), []string{
			`error props.state: "opend" is not a documented ticket state; did you mean "opened"?`,
		}},
		{"another object's state", media(`{"state":"done"}`), []string{
			`error props.state: "done" is not a documented media state; documented: inprogress, uncompleted, completed, error`,
		}},
		{"a state of another page", ticket(`{"state":"cancelled"}`), []string{
			`warning props.state: "cancelled" is a partly documented ticket state (on other Apizee pages only)`,
		}},
		{"a null state", ticket(`{"state":null}`), []string{"error props.state: must be a string, not null"}},
		{"too far north", ticket(`{"geoloc":{"lat":90.00000000000000000001,"lng":-180.5}}`), []string{
			"error props.geoloc.lat: must be a latitude from -90 to 90, not 90.00000000000000000001",
			"error props.geoloc.lng: must be a longitude from -180 to 180, not -180.5",
		}},
		{"beyond any float", ticket(`{"geoloc.lat":1e400,"geoloc.lng":-1e400}`), []string{
			"error props.geoloc.lat: must be a latitude from -90 to 90, not 1e400",
			"error props.geoloc.lng: must be a longitude from -180 to 180, not -1e400",
		}},
		{"latitude as text", ticket(`{"geoloc":{"lat":"47.8"}}`), []string{
			`error props.geoloc.lat: must be a number, not the string "47.8"`,
		}},
		{"geoloc is no object", ticket(`{"geoloc":[1,2]}`), []string{
			"error props.geoloc: must be an object, not an array",
		}},
		{"a dot within a group", ticket(`{"geoloc":{"geoloc.lat":"x"}}`), []string{
			"warning props.geoloc.geoloc.lat: not a documented prop of a ticket; documented: state, geoloc.lat, geoloc.lng",
		}},
		{"more props", ticket(`{"agent":"Ada","stat":1,"geoloc":{"alt":1}}`), []string{
			"warning props.agent: not a documented prop of a ticket; documented: state, geoloc.lat, geoloc.lng",
			`warning props.stat: not a documented prop of a ticket; did you mean "state"?`,
			`warning props.geoloc.alt: not a documented prop of a ticket; did you mean "geoloc.lat"?`,
		}},
		{"parent", media(`{"_parent":{"name":"tickets","id":"100"}}`), []string{
			`error props._parent.name: "tickets" is not a documented media _parent.name; did you mean "ticket"?`,
			`error props._parent.id: must be an integer, not the string "100"`,
		}},
		{"dotted parent", media(`{"_parent.name":"conference","_parent.id":7}`), nil},
		{"conversation", conversation(`{"eventType":"ended","name":1,"finishedAt":1}`), []string{
			`error props.eventType: "ended" is not a documented conversation eventType; documented: conversationEnded`,
			"error props.name: must be a string, not 1",
			"error props.finishedAt: must be a string, not 1",
		}},
		{"a date in Z", conversation(`{"finishedAt":"2021-09-20T13:25:06Z"}`), []string{
			`warning props.finishedAt: "2021-09-20T13:25:06Z" ends in Z; Apizee writes the offset as +00:00`,
		}},
		{"no date", conversation(`{"finishedAt":"yesterday"}`), []string{
			`error props.finishedAt: "yesterday" is not a valid RFC 3339 time such as 2021-09-20T13:25:06+00:00`,
		}},
		{"an empty name", conversation(`{"name":""}`), nil},
	})
}

func TestDates(t *testing.T) {
	tests := map[string]bool{
		"2021-09-20T13:25:06+00:00":     true,
		"2021-09-20T13:25:06.123+02:00": true,
		"2021-09-20T13:25:06-23:59":     true,
		"2024-02-29T00:00:00Z":          true,
		"2023-02-29T00:00:00Z":          false,
		"2021-09-20T13:25:06":           false,
		"2021-09-20 13:25:06+00:00":     false,
		"2021-09-20t13:25:06+00:00":     false,
		"2021-09-20T13:25:06z":          false,
		"2021-09-20T3:25:06Z":           false,
		"2021-09-20T13:25:06,1Z":        false,
		"2021-09-20T13:25:06+24:00":     false,
		"2021-09-20T13:25:06+00:60":     false,
		"2021-09-20T13:25:06+0000":      false,
		"2021-09-20T24:00:00Z":          false,
		"2021-09-20T23:59:60Z":          false,
		"2021-09-20":                    false,
		"20 September 2021":             false,
		"":                              false,
	}
	for date, want := range tests {
		if got := IsDateTime(date); got != want {
			t.Errorf("IsDateTime(%q) = %v, want %v", date, got, want)
		}
	}
}

func TestRangeIsExact(t *testing.T) {
	tests := map[string]bool{
		"0": true, "-0.0": true, "90": true, "90.000": true, "9e1": true, "900E-1": true, "0.9e2": true, "-90": true, "-9.0e+1": true, "1e-400": true,
		"89.99999999999999999999": true, "90.00000000000000000001": false, "-89.99999999999999999999": true, "-90.00000000000000000001": false,
		"9000000000000000000000000001e-26": false, "90.1": false, "1e400": false, "-1e400": false, "900": false, "91": false,
	}
	for number, want := range tests {
		if got := (Range{Min: -90, Max: 90}).contains(number); got != want {
			t.Errorf("-90 to 90 contains %s: %v, want %v", number, got, want)
		}
	}
	tests = map[string]bool{"99.99999999999999999999": true, "100": true, "100.00000000000000000001": false, "1e2": true}
	for number, want := range tests {
		if got := (Range{Min: -100, Max: 100}).contains(number); got != want {
			t.Errorf("-100 to 100 contains %s: %v, want %v", number, got, want)
		}
	}
}
