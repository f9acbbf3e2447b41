package inspect

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Bodies and headers that senders make to break the page: each is shown exactly and bounded, soon.
// tooLong is the processor time of work that is not linear: with the race detector and on a slow
// machine, linear work takes far less.
const tooLong = time.Minute

func TestHostile(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"event":"update","time":1,"object":"ticket","objectId":1,"props":{"a":1`)
		for i := range n {
			b.WriteString(`,"` + strings.Repeat("k", i%50+1) + string(rune('a'+i%26)) + `":1`)
		}
		return b.String() + "}}"
	}
	tests := map[string]struct {
		body    string
		valid   bool
		problem string
		line    int
		column  int
	}{
		"10 MB in one line":    {`{"a":"` + strings.Repeat("x", 10<<20) + `"}`, true, "", 0, 0},
		"10 MB of brackets":    {strings.Repeat("[", 10<<20), false, "exceeded max depth", 1, 10001},
		"100,000 keys":         {keys(100_000), true, "", 0, 0},
		"10,000 levels":        {strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), true, "", 0, 0},
		"wide and deep":        {strings.Repeat(`[[[],1,`, 3000) + "1" + strings.Repeat("]]", 3000), true, "", 0, 0},
		"NUL":                  {"{\"a\":\"\x00\"}", false, "invalid character", 1, 7},
		"NUL, escaped":         {`{"a":"\u0000"}`, true, "", 0, 0},
		"bidi":                 {"{\"a\":\"\u202e\u2066\"}", true, "", 0, 0},
		"invalid UTF-8":        {"{\"a\":\"\xff\xfe\"}", false, "invalid UTF-8", 1, 7},
		"huge numbers":         {`{"a":` + strings.Repeat("9", 100_000) + `,"b":1e999999999}`, true, "", 0, 0},
		"markup":               {`{"a":"</script><img src=x onerror=alert(1)>"}`, true, "", 0, 0},
		"second line":          {"{\n  \"é\": nope\n}", false, "invalid", 2, 9},
		"truncated":            {"{\"a\":\n[1,", false, "truncated", 2, 4},
		"two values":           {"{}\n {}", false, "a second value", 2, 2},
		"lone surrogate":       {`{"a":"\ud800"}`, false, "invalid", 1, 7},
		"many lines":           {"{" + strings.Repeat("\n", 1_000_000) + "x", false, "invalid", 1_000_001, 1},
		"duplicate keys":       {`{"a":1,"a":2}`, true, "", 0, 0},
		"comment, single-line": {`{} // {`, false, "a second value", 1, 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := cpu(t)
			x := received(1, test.body)
			x.Headers["X-Odd"] = []string{"\x1b]0;title\x07\u202e", "\xff", strings.Repeat("v", 1<<20), "</script>"}
			x.Headers[strings.Repeat("N", 1000)] = []string{""}
			x.Path = "/\u202e<script>\xff?a=" + strings.Repeat("%", 10_000)
			store := newStore(t, Options{})
			id := store.Add(x)
			s := serve(t, store, Config{})
			for _, path := range []string{"/api/exchanges", "/api/exchanges?filter=xyz", "/api/exchanges?filter=%22invited%22", "/api/exchanges?filter=props.state=new", "/api/exchanges/1/copy?as=curl", "/api/exchanges/1/copy?as=step", "/api/exchanges/1/copy?as=template"} {
				if status, text := s.get(path); status != 200 && status != 422 || strings.Contains(path, "exchanges?") && !json.Valid([]byte(text)) {
					t.Errorf("%s: %d %.100s", path, status, text)
				}
			}
			d, ok := store.detail(id)
			text, err := json.Marshal(d)
			if !ok || err != nil || len(text) > 6<<20 {
				t.Fatalf("%t %v, %d bytes", ok, err, len(text))
			}
			b := d.Body
			if b.Valid != test.valid || !strings.Contains(b.Problem, test.problem) || b.Line != test.line || b.Column != test.column {
				t.Errorf("%+v", Body{Valid: b.Valid, Problem: b.Problem, Line: b.Line, Column: b.Column})
			}
			if b.Size != len(test.body) || b.Truncated != (len(test.body) > mostShown) || b.Text != nil && !utf8.ValidString(*b.Text) {
				t.Errorf("size %d, truncated %t", b.Size, b.Truncated)
			}
			if b.Text != nil && !strings.HasPrefix(test.body, *b.Text) || len(b.Pretty) > 2*mostShown {
				t.Error("the text is not that of the sender")
			}
			if status, body := s.get("/api/exchanges/1/body"); status != 200 || body != test.body {
				t.Errorf("the body has %d bytes", len(body))
			}
			if took := cpu(t) - before; took > tooLong {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestPretty(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":[1.50,{"a":{}}, [ ] ],"é\"{":"{,}"}`: "{\n  \"b\": [\n    1.50,\n    {\n      \"a\": {}\n    },\n    []\n  ],\n  \"é\\\"{\": \"{,}\"\n}",
		` 12345678901234567890 `:                   "12345678901234567890",
		`[]`:                                       "[]",
		`[[[1]]]`:                                  "[\n  [\n    [\n      1\n    ]\n  ]\n]",
	} {
		if got, _ := pretty([]byte(in), 1000); string(got) != want {
			t.Errorf("%s became\n%s", in, got)
		}
	}
	if got, isWhole := pretty([]byte(`["ééé"]`), 8); isWhole || string(got) != "[\n  \"é" {
		t.Errorf("%q, %t", got, isWhole)
	}
}

// FuzzReadHeader checks that the lines that are opened are those that can be read again.
func FuzzReadHeader(f *testing.F) {
	x := received(1, ticket(1, "new", 1))
	for _, text := range []string{"", "\xff", "\x00é"} {
		x.Problem, x.Forwarded = text, &recording.Forwarded{URL: "http://a", Status: 200, Took: time.Second, Response: recording.Response{Headers: x.Headers, Body: []byte(text)}}
		line, err := x.AppendLine(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(line))
	}
	f.Fuzz(func(t *testing.T, line string) {
		h, err := readHeader([]byte(line))
		entry, parseErr := recording.Parse([]byte(line))
		switch body := h.plainBody(nil); {
		case errors.Is(err, errNotEntry): // a name with escapes, which Parse can read
		case (err == nil) != (parseErr == nil):
			t.Errorf("%s: %v, %v", line, err, parseErr)
		case err == nil && (string(body) != string(entry.Body) || h.at != entry.ReceivedAt.UnixMicro()):
			t.Errorf("%s: %d %q", line, h.at, body)
		}
	})
}

// FuzzMembers checks that what is read of a line is what a JSON parser reads.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":{"c":[1,"]"]}}`, ` { "a" : "\\\"" , "b" : null } `, `{"a":[`, `{}`, `[]`, `{"a":"`, `{"a":tru,}`, "{\"\xff\":1,\"\xa1\":null}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got := map[string]string{} // by name as it is in the line; two may be the same to a parser
		for name, value := range members([]byte(line)) {
			got[string(name)] = string(value)
		}
		pretty([]byte(line), 1000)
		depthOf([]byte(line))
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(line), &want) != nil || want == nil {
			return
		}
		found := map[string]bool{}
		for name, value := range got {
			var plain string
			if json.Unmarshal([]byte(`"`+name+`"`), &plain) != nil || !json.Valid([]byte(value)) {
				t.Fatalf("%s: %q is %s", line, name, value)
			}
			found[plain] = true
		}
		if !maps.EqualFunc(found, want, func(bool, json.RawMessage) bool { return true }) {
			t.Errorf("%s: found %v, not %v", line, found, want)
		}
	})
}
