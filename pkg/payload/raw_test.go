package payload

import (
	"strings"
	"testing"
)

func TestRaw(t *testing.T) {
	tests := []struct{ text, want, err string }{
		{text: "{}\n", want: "{}"},
		{text: "{}\r\n", want: "{}"},
		{text: " { \"b\" : 1.0,\n\t\"a\" : \"<\" } \n\n", want: " { \"b\" : 1.0,\n\t\"a\" : \"<\" } \n"},
		{text: `{"a":1,"a":2}`, want: `{"a":1,"a":2}`},
		{text: "", err: "empty; an event is a JSON object"},
		{text: " \n", err: "empty; an event is a JSON object"},
		{text: "[1]", err: "not a JSON object: an event must be an object (line 1, column 1)"},
		{text: "\n  5", err: "not a JSON object: an event must be an object (line 2, column 3)"},
		{text: "{\n \"a\": 01}", err: "not a JSON object: invalid character '1' after object value (expecting ',' or '}') (line 2, column 8)"},
		{text: "{} {}", err: "not a JSON object: a second value begins here; only one event can be sent (line 1, column 4)"},
		{text: "{}\u00a0", err: "not a JSON object: a second value begins here; only one event can be sent (line 1, column 3)"},
		{text: "{\"a\":", err: "not a JSON object: truncated (line 1, column 6)"},
		{text: "{\"a\":\"\xff\"}", err: "not a JSON object: invalid UTF-8 (line 1, column 7)"},
		{text: "\ufeff{}", err: "not a JSON object: invalid character '\\ufeff' at start of value (line 1, column 1)"},
	}
	for _, tt := range tests {
		got, err := Raw([]byte(tt.text))
		if tt.err == "" && (err != nil || string(got) != tt.want) {
			t.Errorf("Raw(%q) = %q, %v", tt.text, got, err)
		}
		if tt.err != "" && (err == nil || err.Error() != tt.err) {
			t.Errorf("Raw(%q): %v\nwant %s", tt.text, err, tt.err)
		}
	}
}

func TestParseTime(t *testing.T) {
	tests := []struct {
		text string
		want int64
		err  string
	}{
		{text: "1575976413", want: 1575976413},
		{text: "0"}, {text: "-5", want: -5},
		{text: "2021-09-20T13:25:06+00:00", want: 1632144306},
		{text: "2021-09-20t15:25:06.999+02:00", want: 1632144306},
		{text: "2021-09-20T13:25:06Z", want: 1632144306},
		{text: "1575976413000", err: "1575976413000 looks like milliseconds; use 1575976413 for seconds"},
		{text: "9999-12-31T23:59:59Z", want: 253402300799},
		{text: "253402300800", err: "253402300800 looks like milliseconds; use 253402300 for seconds"},
		{text: "2016-12-31t23:59:60z", err: `"2016-12-31t23:59:60z" is a leap second`},
		{text: "2016-12-31T23:60:00Z", err: `"2016-12-31T23:60:00Z" is not a valid time; use UNIX seconds`},
		{text: "soon", err: `"soon" is not a valid time; use UNIX seconds`},
		{text: "1.5", err: `"1.5" is not a valid time; use UNIX seconds`},
		{text: "", err: `"" is not a valid time; use UNIX seconds`},
		{text: "2021-09-20", err: `"2021-09-20" is not a valid time; use UNIX seconds`},
		{text: "99999999999999999999", err: `"99999999999999999999" is not a valid time; use UNIX seconds`},
	}
	for _, tt := range tests {
		got, err := ParseTime(tt.text)
		if tt.err == "" && (err != nil || got != tt.want) {
			t.Errorf("ParseTime(%q) = %d, %v", tt.text, got, err)
		}
		if tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)) {
			t.Errorf("ParseTime(%q): %v\nwant %s", tt.text, err, tt.err)
		}
	}
}

func TestSetTime(t *testing.T) {
	got, err := SetTime(documented, []byte(`{"event":"update","object":"ticket"}`), 7)
	if want := `{"event":"update","time":7,"object":"ticket"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := SetTime(documented, []byte(`[]`), 7); err == nil {
		t.Error("an array has no time")
	}
}

func TestDotted(t *testing.T) {
	tests := []struct{ body, want, err string }{
		{body: `{"object":"ticket","props":{"state":"new","geoloc":{"lat":47.80,"lng":2,"alt":3},"other":{"a":1}}}`,
			want: `{"object":"ticket","props":{"state":"new","geoloc.lat":47.80,"geoloc.lng":2,"geoloc.alt":3,"other":{"a":1}}}`},
		{body: `{"object":"media","props":{"_parent":{"id":1},"geoloc":{"lat":1}}}`,
			want: `{"object":"media","props":{"_parent.id":1,"geoloc":{"lat":1}}}`},
		{body: ` {"object": "ticket", "props": {"state": "new"}}`, want: ` {"object": "ticket", "props": {"state": "new"}}`},
		{body: `{"object":"sms","props":{"geoloc":{"lat":1}}}`, want: `{"object":"sms","props":{"geoloc":{"lat":1}}}`},
		{body: `{"object":"ticket","props":{"geoloc":5}}`, want: `{"object":"ticket","props":{"geoloc":5}}`},
		{body: `{"object":"ticket","props":{"geoloc.lat":5,"geoloc":{"lat":1}}}`, err: "write dotted keys: geoloc.lat is given nested and dotted"},
		{body: `[]`, err: "not a JSON object: an event must be an object (line 1, column 1)"},
		{body: `hello`, err: "not a JSON object: invalid character 'h' at start of value (line 1, column 1)"},
		{body: `{"a":1,"a":2}`, err: "not a JSON object: duplicate object member name (line 1, column 8)"},
	}
	for _, tt := range tests {
		got, err := Dotted(documented, []byte(tt.body))
		if tt.err == "" && (err != nil || string(got) != tt.want) {
			t.Errorf("Dotted(%s) = %s, %v", tt.body, got, err)
		}
		if tt.err != "" && (err == nil || err.Error() != tt.err) {
			t.Errorf("Dotted(%s): %v\nwant %s", tt.body, err, tt.err)
		}
	}
}
