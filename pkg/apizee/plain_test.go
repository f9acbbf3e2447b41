package apizee

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// samePlain fails unless the short way and the long one report the same.
func samePlain(t *testing.T, body []byte) {
	t.Helper()
	if diff := cmp.Diff(catalog.inspect(string(body)), catalog.Validate(body), onlyRead); diff != "" {
		t.Errorf("%q (-inspected +reported):\n%s", body, diff)
	}
}

func TestPlainEvent(t *testing.T) {
	ticket := func(props string) string { return body("ticket", "100", props) }
	tests := []struct {
		name, body string
		plain      bool
	}{
		{"ticket", benchmarks[0].body, true},
		{"media", benchmarks[1].body, true},
		{"conversation", benchmarks[2].body, true},
		{"no props", ticket("{}"), true},
		{"props in another order", ticket(`{"geoloc":{"lng":-3.8,"lat":47.8},"state":"new"}`), true},
		{"media of a text id", body("media", `"9"`, `{"state":"error"}`), true},
		{"a mistake", benchmarks[4].body, false},
		{"white space", " " + benchmarks[0].body, false},
		{"a second value", benchmarks[0].body + "{}", false},
		{"one more field", strings.TrimSuffix(benchmarks[0].body, "}") + `,"more":1}`, false},
		{"escape", ticket(`{"state":"\u006eew"}`), false},
		{"no UTF-8", body("conversation", `"x"`, "{\"name\":\"\xff\"}"), false},
		{"control character", body("conversation", `"x"`, "{\"name\":\"\x01\"}"), false},
		{"no number", body("ticket", "01", "{}"), false},
		{"dotted", ticket(`{"geoloc.lat":47.8,"geoloc.lng":-3.8}`), true},
		{"nested and dotted", ticket(`{"geoloc.lat":47.8,"geoloc":{"lng":-3.8}}`), false},
		{"dotted twice", ticket(`{"geoloc.lat":47.8,"geoloc.lat":47.8}`), false},
		{"prop twice", ticket(`{"state":"new","state":"new"}`), false},
		{"group twice", ticket(`{"geoloc":{"lat":1},"geoloc":{"lng":2}}`), false},
		{"prop twice in a group", ticket(`{"geoloc":{"lat":1,"lat":1}}`), false},
		{"empty group", ticket(`{"geoloc":{}}`), false},
		{"group within a group", ticket(`{"geoloc":{"lat":{"lat":1}}}`), false},
		{"comma at the end", ticket(`{"state":"new",}`), false},
		{"comma at the beginning", ticket(`{,"state":"new"}`), false},
		{"brace for a comma", ticket(`{"state":"new"{"geoloc":{"lat":1}}`), false},
		{"comma for a brace", strings.Replace(benchmarks[0].body, "{", ",", 1), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := []byte(test.body)
			if _, ok := catalog.plainEvent(test.body); ok != test.plain {
				t.Errorf("%s: plain is %v", body, ok)
			}
			samePlain(t, body)
			for end := range body {
				samePlain(t, body[:end])
			}
		})
	}
}

// FuzzPlain holds that nobody can tell which way a body went.
func FuzzPlain(f *testing.F) {
	for _, bench := range benchmarks {
		f.Add([]byte(bench.body))
	}
	f.Add([]byte(body("ticket", "100", `{"geoloc":{"lat":1},"state":"new","geoloc":{"lng":2}}`)))
	f.Fuzz(func(t *testing.T, body []byte) { samePlain(t, body) })
}

// FuzzPlainValues does the same with parts of an event.
func FuzzPlainValues(f *testing.F) {
	f.Add("update", "1575976413", "ticket", "100", `"state":"invited"`)
	f.Add("create", "-1", "media", `"9"`, `"_parent":{"name":"ticket","id":100},"state":"inprogress"`)
	f.Add("delete", "1575976413000", "conversation", `"x"`, `"name":"","finishedAt":"2021-09-20T13:25:06+00:00"`)
	f.Add("update", "0", "ticket", "1e2", `"geoloc":{"lat":90.0,"lng":-180.1},"geoloc":{}`)
	f.Fuzz(func(t *testing.T, event, time, object, id, props string) {
		samePlain(t, fmt.Appendf(nil, `{"event":"%s","time":%s,"object":"%s","objectId":%s,"props":{%s}}`, event, time, object, id, props))
	})
}
