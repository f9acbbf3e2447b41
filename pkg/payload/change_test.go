package payload

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

const ticket = `{"event":"update","time":1,"object":"ticket","objectId":100,"props":{"state":"invited"}}`

// change is one --set, or an --unset when it begins with an exclamation mark.
func change(t *testing.T, arg string) Change {
	t.Helper()
	parse := ParseSet
	if path, unset := strings.CutPrefix(arg, "!"); unset {
		parse, arg = ParseUnset, path
	}
	c, err := parse(arg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApply(t *testing.T) {
	tests := []struct {
		name    string
		body    string
		changes []string
		want    string
	}{
		{name: "nothing", body: " {}", want: " {}"},
		{name: "documented order", body: ticket, changes: []string{"props.x=1", "props.geoloc.lng=-3.80", "props.geoloc.lat=47.8", "y=2"},
			want: `{"event":"update","time":1,"object":"ticket","objectId":100,"props":{"state":"invited","geoloc":{"lat":47.8,"lng":-3.80},"x":1},"y":2}`},
		{name: "a field that was removed comes back to its place", body: ticket, changes: []string{"!event", "!props", "event=create"},
			want: `{"event":"create","time":1,"object":"ticket","objectId":100}`},
		{name: "the user's own order and spaces", body: "{\n \"object\": \"ticket\",\n \"event\": \"update\"\n}", changes: []string{"event=delete", "time=5"},
			want: "{\n \"object\": \"ticket\",\n \"event\": \"delete\"\n,\"time\":5}"},
		{name: "spaces in documented order", body: "{\n \"event\": \"update\",\n \"props\": {\"b\": 1}\n}", changes: []string{"props.b=2"},
			want: "{\n \"event\": \"update\",\n \"props\": {\"b\": 2}\n}"},
		{name: "any JSON, else a string", body: `{}`, changes: []string{"a=1e400", "b=null", "c={ \"d\": [1, 2] }", "e=[x", `l={"a":1,"a":2`, "f=", "g=<&>\"\u2028", "h=true", "i=\"7\"", "j= x", "k=a=b"},
			want: `{"a":1e400,"b":null,"c":{"d":[1,2]},"e":"[x","l":"{\"a\":1,\"a\":2","f":"","g":"<&>\"` + "\u2028" + `","h":true,"i":"7","j":" x","k":"a=b"}`},
		{name: "deep", body: `{}`, changes: []string{"a.b.c.d=1", "a.b.e=2"}, want: `{"a":{"b":{"c":{"d":1},"e":2}}}`},
		{name: "escapes", body: `{"props":{}}`, changes: []string{`props.geoloc\.lat=1`, `props.a\=b=2`, `props.\*\?\#\@\|\\=3`, `props.\:x=4`, `props.{}=5`, `props.[0]!=6`, `props.\=7=null`},
			want: `{"props":{"geoloc.lat":1,"a=b":2,"*?#@|\\":3,":x":4,"{}":5,"[0]!":6,"=7":null}}`},
		{name: "escaped names are found again", body: `{"props":{"geoloc.lat":1,"*":2,":x":3,"\u0061":4}}`, changes: []string{`props.geoloc\.lat=5`, `!props.\*`, `props.\:x=6`, `props.a=7`},
			want: `{"props":{"geoloc.lat":5,":x":6,"a":7}}`},
		{name: "arrays", body: `{"a":[1,2]}`, changes: []string{"a.0=5", "a.-1=3", "a.3=4", "!a.1", "!a.-1", "b.-1=1", "b.-1=2", "c.0.d=1"},
			want: `{"a":[5,3],"b":[1,2],"c":[{"d":1}]}`},
		{name: "numbers as names", body: `{"o":{}}`, changes: []string{"o.7=1", "p.:7=2", "o.-1=3", "p.:7=4"}, want: `{"o":{"7":1,"-1":3},"p":{"7":4}}`},
		{name: "the last member", body: `{"a":{"b":"x,{y\"","c":1}}`, changes: []string{"!a.c", "!a.b"}, want: `{"a":{}}`},
		{name: "awkward names", body: `{"a":1,"\"b":{"\"\\":[]},"c":3}`, changes: []string{`!"b."\\`, `"b."=1`, `!"b`}, want: `{"a":1,"c":3}`},
		{name: "an empty array", body: `{"a":[]}`, changes: []string{"a.-1=1", "!a.0", "a.0=2"}, want: `{"a":[2]}`},
		{name: "the whole of props", body: ticket, changes: []string{`props={"x":1,"state":"done"}`},
			want: `{"event":"update","time":1,"object":"ticket","objectId":100,"props":{"state":"done","x":1}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var changes []Change
			for _, arg := range tt.changes {
				changes = append(changes, change(t, arg))
			}
			got, err := Apply(documented, []byte(tt.body), changes)
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestApplyErrors(t *testing.T) {
	body := `{"event":"update","props":{"state":"new","tags":["a","b"],"geoloc":{"lat":1},"none":null}}`
	tests := []struct{ change, want string }{
		{"props.state.x=1", `"props.state.x": props.state is "new", not an object; set it to {} first`},
		{"props.none.x.y=1", `"props.none.x.y": props.none is null, not an object; set it to {} first`},
		{"props.tags.x=1", `"props.tags.x": "x" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"props.tags.3=1", `"props.tags.3": "3" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"props.tags.01=1", `"props.tags.01": "01" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"props.tags.:1=1", `"props.tags.:1": "1" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"props.tags.99999999999999999999=1", `"props.tags.99999999999999999999": "99999999999999999999" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"props.new.999999999=1", `"props.new.999999999": a new array begins at 0; use :999999999 for a member with that name`},
		{"!props.stat", `"props.stat": the path does not exist; did you mean "props.state"?`},
		{"!prop.state", `"prop.state": the path does not exist; did you mean "props.state"?`},
		{"!props.geoloc.altitude", `"props.geoloc.altitude": the path does not exist; the nearest is "props.geoloc"`},
		{"!zzzzzz", `"zzzzzz": the path does not exist; the event has event, props`},
		{"!props.tags.2", `"props.tags.2": "2" is not an index of an array with 2 items; use 0 or more, or -1 for the end`},
		{"!props.state.x", `"props.state.x": props.state is "new", not an object; set it to {} first`},
	}
	for _, tt := range tests {
		t.Run(tt.change, func(t *testing.T) {
			got, err := Apply(documented, []byte(body), []Change{change(t, tt.change)})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
	for _, body := range []string{"", "5", `{"a":1,"a":2}`, `{"a":`, `{} x`} {
		if got, err := Apply(documented, []byte(body), []Change{change(t, "a=1")}); err == nil {
			t.Errorf("Apply to %q: %s", body, got)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"props.state", `"props.state" must be of the form path=value, such as props.state=done`},
		{`a\=1`, `"a\\=1" must be of the form path=value, such as props.state=done`},
		{"=1", `"": a part of the path is empty`},
		{"a..b=1", `"a..b": a part of the path is empty`},
		{"a.=1", `"a.": a part of the path is empty`},
		{":=1", `":": a part of the path is empty`},
		{"a.#=1", `"a.#": the path must name one place; escape *, ?, #, @ and | with \`},
		{"a.*=1", `"a.*": the path must name one place; escape *, ?, #, @ and | with \`},
		{"a|b=1", `"a|b": the path must name one place; escape *, ?, #, @ and | with \`},
		{"@this=1", `"@this": the path must name one place; escape *, ?, #, @ and | with \`},
		{"a?=1", `"a?": the path must name one place; escape *, ?, #, @ and | with \`},
		{"\xff=1", `"\xff": the path is not UTF-8`},
		{strings.Repeat("a.", 1000) + "a=1", `"` + strings.Repeat("a.", 20) + `…": the path is too deep`},
		{`a={"b":1,"b":2}`, `"a": the value looks like JSON but is invalid: duplicate object member name; write text like this as a JSON string, in quotes`},
		{"a=\xff", `"a": the text is not UTF-8`},
	}
	for _, tt := range tests {
		if _, err := ParseSet(tt.arg); err == nil || err.Error() != tt.want {
			t.Errorf("ParseSet(%q): %v\nwant %s", tt.arg, err, tt.want)
		}
	}
	for _, path := range []string{"", "a.", "*", `a\`} {
		if _, err := ParseUnset(path); err == nil || !strings.HasPrefix(err.Error(), strconv.Quote(path)+": ") {
			t.Errorf("ParseUnset(%q): %v", path, err)
		}
	}
}

// FuzzApply checks that setting a path gives valid JSON with the value there, and that
// unsetting the same path removes it.
func FuzzApply(f *testing.F) {
	for _, path := range []string{"a", "props.geoloc.lat", `a\.b.c`, "a.-1", "a.0.:1", ":0", `\:`, `{`, `a.\*`, "é<.é<", `"\\`, "_.-1"} {
		f.Add(ticket, path)
		f.Add(`{"a":[1,{"b":2}],"0":{}}`, path)
	}
	f.Fuzz(func(t *testing.T, body, path string) {
		if len(body) > 4096 || len(path) > 256 {
			return
		}
		keys, err := parsePath(path)
		if err != nil {
			return
		}
		set := Change{path, keys, jsontext.Value(`"mark"`)}
		got, err := Apply(documented, []byte(body), []Change{set})
		if err != nil {
			return
		}
		if _, err := Raw(got); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if !bytes.Contains(got, []byte(`"mark"`)) {
			t.Fatalf("%s in %s makes %s", path, body, got)
		}
		found, err := Change{path: path, keys: keys}.resolve(got)
		if err != nil {
			t.Fatalf("%s in %s: %v", path, got, err)
		}
		if at := gjson.GetBytes(got, strings.ReplaceAll("."+joinPath(found), ".:", ".")[1:]); at.Raw != `"mark"` {
			t.Fatalf("at %s of %s is %s", path, got, at.Raw)
		}
		if _, err := Apply(documented, got, []Change{{path: path, keys: keys}}); err != nil {
			t.Fatalf("unset %s of %s: %v", path, got, err)
		}
	})
}
