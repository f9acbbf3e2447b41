package console

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"gotest.tools/v3/golden"
)

const sampleJSON = `{"event":"update","time":1632148000,"object":"ticket","objectId":100,
 "props":{"state":"invi\"ted","geoloc":{"lat":47.866675,"lng":-3.8658050},"seen":true,"left":false,"by":null},
 "big":12345678901234567890,"small":1E-400,"z":1,"a":2,"a":3,"list":[1, 2,
 3],"empty":{},"none":[],"hidden` + "\u202e" + `":"` + "\x7f" + ` \\ \u001b \n ` + "\U000e0067" + `"}`

func TestJSON(t *testing.T) {
	golden.Assert(t, string(JSON([]byte(sampleJSON), NewPalette(false))), "json_plain.golden")
	golden.Assert(t, string(JSON([]byte(sampleJSON), NewPalette(true))), "json_color.golden")
}

func TestJSONScalars(t *testing.T) {
	for _, text := range []string{`1.0`, `"a"`, `true`, `null`, `{}`, `[]`, `-0`} {
		if got := string(JSON([]byte(" "+text+"\r\n"), Palette{})); got != text+"\n" {
			t.Errorf("%s became %q", text, got)
		}
	}
}

func TestJSONFallsBackToLines(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"page", "<p>\r\n\t\x1b[2J</p>", "<p>\n    \\x1b[2J</p>\n"},
		{"cut short", `{"a":`, "{\"a\":\n"},
		{"two values", "{} {}\n", "{} {}\n"},
		{"not UTF-8", "\"\xff\"", "\"\\xff\"\n"},
		{"byte order mark", "\ufeff{}", "\\ufeff{}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(JSON([]byte(test.in), NewPalette(true)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestJSONDepth checks that the size of deeply nested JSON stays bounded.
func TestJSONDepth(t *testing.T) {
	nested := func(depth int) string {
		return strings.Repeat(`[{"a]":`, depth/2) + strings.Repeat("1", 10) + strings.Repeat("}]", depth/2)
	}
	if got := JSON([]byte(nested(32)), Palette{}); bytes.Count(got, []byte("\n")) < 32 {
		t.Errorf("32 levels are not laid out: %s", got)
	}
	if got := string(JSON([]byte(nested(34)), Palette{})); got != nested(34)+"\n" {
		t.Errorf("34 levels are laid out: %s", got)
	}
	deep := nested(9000)
	if got := JSON([]byte(deep), NewPalette(true)); len(got) > 20*len(deep) {
		t.Errorf("%d bytes became %d", len(deep), len(got))
	}
}

func FuzzJSON(f *testing.F) {
	codes := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	f.Add([]byte(sampleJSON))
	f.Add([]byte(strings.Repeat("[", 40) + strings.Repeat("]", 40)))
	for _, seed := range awkward {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		plain := JSON(b, Palette{})
		harmless(t, string(plain), true)
		colored := codes.ReplaceAll(JSON(b, NewPalette(true)), nil)
		if !bytes.Equal(colored, plain) {
			t.Fatalf("the colors change the text: %q, without %q", colored, plain)
		}
		if !bytes.Equal(b, before) {
			t.Fatal("the input was changed")
		}
		if !json.Valid(b) || !utf8.Valid(b) {
			return
		}
		if !reflect.DeepEqual(decoded(t, plain), decoded(t, b)) {
			t.Fatalf("%q became another value: %q", b, plain)
		}
		if got, want := compact(t, plain), compact(t, SafeJSON(b)); got != want {
			t.Fatalf("order or digits changed: %q, want %q", got, want)
		}
	})
}

func compact(t *testing.T, b []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	return out.String()
}
