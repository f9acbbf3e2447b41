package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sources are a fixed clock and predictable numbers.
func sources() Sources {
	var n int64
	random := uint64(0x0123456789abcdef)
	return Sources{
		Now:    func() time.Time { return time.Unix(1632144306, 0).UTC() },
		Random: func() uint64 { random += 0x1111111111111111; return random },
		Next:   func() int64 { n++; return n },
	}
}

func vars(t *testing.T, args ...string) Vars {
	t.Helper()
	vars := Vars{}
	for _, arg := range args {
		name, value, err := ParseVar(arg)
		if err != nil {
			t.Fatal(err)
		}
		vars[name] = value
	}
	return vars
}

func TestRender(t *testing.T) {
	tests := []struct {
		name string
		text string
		vars []string
		want string
	}{
		{name: "compact, in its own order", text: "{{/* A. */}}\n{ \"b\" : 1.0,\n \"a\": \"<&>\" }\n", want: `{"b":1.0,"a":"<&>"}`},
		{name: "sources", text: `{"a": {{ unix }}, "b": "{{ rfc3339 }}", "c": [{{ seq }}, {{ seq }}], "d": "{{ uid }}"}`,
			want: `{"a":1632144306,"b":"2021-09-20T13:25:06+00:00","c":[1,2],"d":"12345678-9abc-df00-6789-abcdf011"}`},
		{name: "shifted times", text: `{"a": {{ unix "-1h" }}, "b": "{{ rfc3339 "90m" }}"}`,
			want: `{"a":1632140706,"b":"2021-09-20T14:55:06+00:00"}`},
		{name: "digits of a variable", text: `{"a": {{ .a }}, "b": {{ .b | toJson }}, "c": {{ .c | quote }}, "d": {{ .d | toJson }}}`,
			vars: []string{"a=47.80", "b=1e3", "c=12", `d={"x":[1.0,"<"]}`}, want: `{"a":47.80,"b":1e3,"c":"12","d":{"x":[1.0,"<"]}}`},
		{name: "text of a variable", text: `{"a": {{ quote .a }}}`, vars: []string{"a=a \"b\" <c>\n"}, want: `{"a":"a \"b\" <c>\n"}`},
		{name: "defaults", text: `{"a": {{ or .a 1 }}, "b": {{ .b | default 2 }}, "c": {{ default 3 .c }}, "d": {{ (.d | default 4) | toJson }}{{ if .e }}, "e": 5{{ end }}{{ with .f }}, "f": {{ . }}{{ end }}}`,
			want: `{"a":1,"b":2,"c":3,"d":4}`},
		{name: "given, though empty", text: `{"a": {{ .a | default 2 }}, "b": {{ default "x" .b | quote }}}`, vars: []string{"a=0", "b="}, want: `{"a":0,"b":""}`},
		{name: "counting", text: `{"a": {{ add .i 1 }}, "b": {{ mul 2 .i }}, "c": {{ round .f 1 }}, "d": {{ max 1 .i 2 }}}`, vars: []string{"i=5", "f=47.86"}, want: `{"a":6,"b":10,"c":47.9,"d":5}`},
		{name: "text functions", text: `{"a": "{{ .a | upper | trunc 2 }}{{ repeat 3 "x" }}{{ join "," (list 1 "b") }}"}`, vars: []string{"a=abc"}, want: `{"a":"ABxxx1,b"}`},
		{name: "loops", text: `{"a": [{{ range $i, $x := .l }}{{ if $i }},{{ end }}{{ $x }}{{ else }}{{ end }}{{ range 2 }}{{ . | printf ",%d" }}{{ end }}]}`, vars: []string{"l=[7,8]"}, want: `{"a":[7,8,0,1]}`},
		{name: "its own templates", text: `{{ define "x" }}{"v": {{ .v }}}{{ end }}{"a": {{ template "x" . }}}`, vars: []string{"v=1"}, want: `{"a":{"v":1}}`},
		{name: "a name twice", text: `{"a": 1, "a": 2}`, want: `{"a":1,"a":2}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := Parse("t.json", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tpl.Render(vars(t, tt.vars...), sources())
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestTemplateErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"action", "{\n\"a\": {{ if }}1}", `t.json:2: missing value for if`},
		{"function", "{\n\n\"a\": {{ env \"HOME\" }}}", `t.json:3: unknown function "env"`},
		{"function with an accent", `{"a": {{ numéro }}}`, `t.json:1: unknown function "numéro"`},
		{"message about a function", "{\"a\": {{ fail `function \"env\" not defined` }}}", "t.json:1: fail `function \"env\" not defined`: function \"env\" not defined"},
		{"misspelled function", "{\"a\": {{ .a | defaul 1 }}}", `t.json:1: unknown function "defaul"; did you mean "default"?`},
		{"execution", "{\n\"a\": {{ fail \"no such day\" }}}", `t.json:2: fail "no such day": no such day`},
		{"duration", "{\"a\": {{ unix \"soon\" }}}", `t.json:1: unix "soon": "soon" is not a valid duration such as 5m or -1h`},
		{"JSON", "{{/* A. */}}\n{\n  \"a\": 1\n  \"b\": 2\n}", `t.json:4: the output is not a JSON object: invalid character '"' after object value (expecting ',' or '}')`},
		{"JSON on another line", "{{/* A. */ -}}\n{\n  \"a\": 01\n}", `t.json: the output is not a JSON object: invalid character '1' after object value (expecting ',' or '}') (line 2, column 9)`},
		{"no object", "\n[1]", `t.json:2: the output is not a JSON object: an event must be an object`},
		{"two", "{}\n{}", `t.json:2: the output is not a JSON object: a second value begins here; only one event can be sent`},
		{"cut", "{\"a\":\n1", `t.json:2: the output is not a JSON object: truncated`},
		{"nothing", "{{/* A. */}}\n", `t.json: the output is empty; an event is a JSON object`},
		{"a variable of a template within", `{{ define "x" }}{{ .v }}{{ end }}{{ template "x" . }}`,
			`t.json:1: .v: there is no "v"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := Parse("t.json", tt.text)
			if err == nil {
				_, err = tpl.Render(nil, sources())
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// Hostile templates are rejected before they use much memory or time.
func TestHostileTemplates(t *testing.T) {
	tests := map[string]string{
		"loop without output":  `{{ range 1000000000000 }}{{ end }}`,
		"loops in loops":       `{{ range 10000 }}{{ range 10000 }}{{ if true }}{{ range 10000 }}{{ end }}{{ end }}{{ end }}{{ end }}`,
		"loop in an else":      `{{ with 0 }}{{ else }}{{ range 1000000000 }}{{ end }}{{ end }}`,
		"loop of continue":     `{{ range 1000000000 }}{{ continue }}{{ end }}`,
		"output":               `{{ range 100000 }}` + strings.Repeat("x", 1000) + `{{ end }}`,
		"recursion":            `{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`,
		"doubled recursion":    `{{ define "a" }}{{ if . }}{{ template "a" (slice . 1) }}{{ template "a" (slice . 1) }}{{ end }}{{ end }}{{ template "a" "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }}`,
		"repeat":               `{{ repeat 1000000000000 "x" }}`,
		"doubled text":         `{{ $x := "x" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}`,
		"doubled list":         `{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x }}`,
		"escaped again":        `{{ $x := "\\" }}{{ range 60 }}{{ $x = js $x }}{{ end }}`,
		"replaced by much":     `{{ $x := repeat 100000 "x" }}{{ replace "x" $x $x }}`,
		"joined by much":       `{{ $x := repeat 100000 "x" }}{{ join $x (splitList "" $x) }}`,
		"much work for little": `{{ $x := repeat 1000000 "x" }}{{ range 10000 }}{{ $y := upper $x }}{{ end }}`,
		"wide numbers":         `{{ range 1000 }}{{ $x := printf "%999999d%999999d%999999d" 1 2 3 }}{{ end }}`,
		"wide and many":        `{{ $x := printf (repeat 20000 "%[1]999999d") 1 }}`,
		"width as an argument": `{{ $x := printf (repeat 20000 "%[1]*[1]d") 999999 }}`,
		"long text, many":      `{{ $x := repeat 1000000 "x" }}{{ $x := printf (repeat 20000 "%[1]s") $x }}`,
		"split into letters":   `{{ $x := splitList "" (repeat 9000000 "x") }}`,
		"compared often":       `{{ $x := repeat 5000000 "x" }}{{ $y := repeat 5000000 "x" }}` + strings.Repeat(`{{ $z := eq $x $y }}`, 10000),
		"compared in a pipe":   `{{ $x := repeat 5000000 "x" }}{{ $y := repeat 5000000 "x" }}` + strings.Repeat(`{{ $z := $y | eq $x }}`, 10000),
		"large pattern":        `{{ regexMatch "(x?){1000}y" (repeat 700000 "x") }}`,
		"replaced by groups":   `{{ $x := repeat 10000 "x" }}{{ regexReplaceAll "x" $x $x }}`,
		"patterns in patterns": `{{ regexMatch (repeat 400 "(a{1000})") "" }}`,
		"lists of lists":       `{{ define "a" }}{{ range 20 }}{{ range $ }}{{ range $ }}{{ range $ }}{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}{{ template "a" (splitList "" (repeat 1000 "x")) }}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			tpl, err := Parse("t.json", text)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err = tpl.execute(nil, sources())
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if got := fmt.Sprint(err); got != "t.json:1: "+errTooMuchWork.Error() && !strings.HasSuffix(got, ErrTooLarge.Error()) {
				t.Errorf("error %s", got)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 256 {
				t.Errorf("it made %d MB", made)
			}
			if took > 30*time.Second { // and less than one on an idle machine
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestDescription(t *testing.T) {
	tests := map[string]string{
		"{{/* A ticket. */}}\n{}":             "A ticket.",
		" \n{{- /* Two\n   lines. */ -}}\n{}": "Two lines.",
		"{}{{/* late */}}":                    "",
		"{}":                                  "",
	}
	for text, want := range tests {
		if got := Describe(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestVars(t *testing.T) {
	text := `{"a": {{ .a }}, "b": {{ .b | default 1 }}, "c": {{ if .c }}{{ .c }}{{ end }}, "d": {{ default "x" $.d }},
"e": {{ range .list }}{{ .inner }}{{ $.e.f }}{{ end }}, "g": {{ printf "%d" (add .g 1) }}, "h": {{ or .h true }}}`
	tpl, err := Parse("t", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Var{
		{"a", true, ""}, {"b", false, "1"}, {"c", false, ""}, {"d", false, `"x"`},
		{"list", false, ""}, {"e", true, ""}, {"g", true, ""}, {"h", false, "true"},
	}
	if diff := cmp.Diff(want, tpl.Vars()); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	_, err = tpl.Render(vars(t, "a=1"), sources())
	if missing := (*MissingVarError)(nil); !errors.As(err, &missing) || missing.Name != "e" {
		t.Fatalf("error %v", err)
	}
	const message = `template t needs the variable "e"; it also uses a, b (default 1), c, d (default "x"), list, g, h (default true)`
	if err.Error() != message {
		t.Errorf("got  %v\nwant %s", err, message)
	}
}

func TestUses(t *testing.T) {
	text := `{{ .b | default 1 }}{{ if .a }}{{ .x }}{{ else }}{{ $.y }}{{ end }}{{ range .c }}{{ . }}{{ end }}{{ with (add .d $.e) }}{{ .z }}{{ end }}{{ (.f).g }}`
	uses := func(text string) (certain, possible []string, all bool) {
		return Uses(template.Must(template.New("").Funcs(Funcs(Sources{})).Parse(text)))
	}
	certain, possible, all := uses(text)
	slices.Sort(possible)
	if want := []string{"a", "b", "c", "d", "e", "f"}; !slices.Equal(certain, want) || all {
		t.Errorf("got %q, want %q", certain, want)
	}
	if want := []string{"a", "b", "c", "d", "e", "f", "x", "y"}; !slices.Equal(possible, want) {
		t.Errorf("got %q, want %q", possible, want)
	}
	for _, text := range []string{`{{ . }}`, `{{ $ }}`, `{{ if hasKey . "a" }}{{ end }}`, `{{ range .a }}{{ $ }}{{ end }}`, `{{ $x := . }}{{ $x.a }}`, `{{ template "t" . }}{{ define "t" }}{{ end }}`} {
		if _, _, all := uses(text); !all {
			t.Errorf("%s does not use all", text)
		}
	}
	if certain, possible, all := uses(`{{/* nothing */}}`); len(certain)+len(possible) > 0 || all {
		t.Errorf("got %q, %q", certain, possible)
	}
	if _, err := Parse("t", `{{/* nothing */}}`); err != nil {
		t.Error(err)
	}
}

func TestUnused(t *testing.T) {
	tests := []struct{ text, arg, want string }{
		{"{{ .state }}{{ .id }}", "state=1", ""},
		{"{{ .state }}{{ .id }}", "stat=1", `template t has no variable "stat"; did you mean "state"?`},
		{"{{ .state }}{{ .id }}", "zzzzz=1", `template t has no variable "zzzzz"; it has state, id`},
		{"{}", "a=1", `template t has no variable "a"; it has none`},
		{`{{ toJson . }}`, "a=1", ""},
		{`{{ index $ "a" }}`, "a=1", ""},
		{`{{ range .l }}{{ . }}{{ end }}`, "a=1", `template t has no variable "a"; did you mean "l"?`},
	}
	for _, tt := range tests {
		tpl, err := Parse("t", tt.text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := tpl.Unused(vars(t, tt.arg)); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s with %s: %s\nwant %s", tt.text, tt.arg, got, tt.want)
		}
	}
}

func TestParseVar(t *testing.T) {
	tests := []struct {
		arg  string
		want any
		err  string
	}{
		{"a=b", "b", ""},
		{"a=", "", ""},
		{"a=b=c", "b=c", ""},
		{"a=1", 1, ""},
		{"a=0100", "0100", ""},
		{"a=1.50", json.Number("1.50"), ""},
		{"a=null", nil, ""},
		{`a="[x]"`, "[x]", ""},
		{`a={ "b": [1] }`, map[string]any{"b": []any{1}}, ""},
		{"a=[x] y", "[x] y", ""},
		{"a={", "{", ""},
		{`a=x "y"`, `x "y"`, ""},
		{"", nil, `"" must be of the form name=value`},
		{"a", nil, `"a" must be of the form name=value`},
		{"=1", nil, `"=1" must be of the form name=value`},
		{"a=\xff", nil, "a: the text is not UTF-8"},
		{"a=\"\xff\"", nil, "a: the text is not UTF-8"},
		{`a= {"b":1,"b":2}`, nil, "a: the value looks like JSON but is invalid: duplicate object member name"},
		{`a="\ud800"`, nil, "a: the value looks like JSON but is invalid: invalid surrogate pair"},
		{"a=[x]", nil, "a: the value looks like JSON but is invalid: "},
		{`a="x" "y"`, nil, "a: the value looks like JSON but is invalid: "},
	}
	for _, tt := range tests {
		_, got, err := ParseVar(tt.arg)
		if tt.err == "" && (err != nil || !cmp.Equal(got, tt.want)) {
			t.Errorf("ParseVar(%q) = %#v, %v", tt.arg, got, err)
		}
		if tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)) {
			t.Errorf("ParseVar(%q) = %#v, %v", tt.arg, got, err)
		}
	}
}

// FuzzRender checks that any template ends, and that its output is one object.
func FuzzRender(f *testing.F) {
	f.Add(`{"a": {{ .a | default 1 }}, "b": {{ quote .b }}}`, "x")
	f.Add(`{{ range until 5 }}{{ end }}{{ define "x" }}{{ template "x" }}{{ end }}`, "[1]")
	f.Add(`{{ $x := "\\" }}{{ range 60 }}{{ $x = js $x }}{{ $x = printf "%9999d%v" 1 $x }}{{ end }}`, "")
	f.Add(`{{ $x := list 1 .a }}{{ range 3 }}{{ $x = list $x (join "," $x) (splitList "" (toJson $x)) }}{{ end }}{{ len $x }}`, `{"a":{}}`)
	f.Add(`{"a": {{ .a }}, "b": "{{ .b }}{{ print .a (list .b) }}{{ printf "%v %d %s" .a .b 1 }}"}`, `{"b":[null,{"c":1.5}]}`)
	f.Add(`{{ regexReplaceAll "(a*)*" (repeat 99 .a) (replace "" "b" .a) | b64enc | substr 1 -1 | trunc -5 }}`, "aaa")
	f.Fuzz(func(t *testing.T, text, value string) {
		tpl, err := Parse("t", text)
		if err != nil {
			return
		}
		_, given, err := ParseVar("a=" + value)
		if err != nil {
			return
		}
		body, err := tpl.Render(Vars{"a": given, "b": given}, sources())
		if err != nil {
			return
		}
		if _, err := Raw(body); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		for _, goes := range []string{"<nil>", "<no value>", "map[", "%!"} {
			if bytes.Contains(body, []byte(goes)) && !strings.ContainsAny(text+value, goes[:1]) {
				t.Fatalf("%s renders %s", text, body)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	tpl, err := Parse("t", `{"event": "update", "time": {{ unix }}, "object": "ticket", "objectId": {{ .id | default 100 }}, "props": {"state": "new"}}`)
	if err != nil {
		b.Fatal(err)
	}
	src := sources()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Render(nil, src); err != nil {
			b.Fatal(err)
		}
	}
}
