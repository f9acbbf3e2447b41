package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, set := e[name]
	return value, set
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// defaults is the default configuration with a change.
func defaults(change func(*Config)) Config {
	c := Config{
		Timeout: 10 * time.Second,
		Listen:  Listen{Addr: "127.0.0.1:8279", Status: 204, InspectMemory: "64MiB", Output: "line", MaxBody: "1MiB"},
		Audit:   Audit{Within: 2 * time.Second},
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestLoad(t *testing.T) {
	const layered = `
to: http://base
timeout: 20s
headers:
  X-From: file
  X-File: "1"
listen:
  addr: 127.0.0.1:1
profiles:
  staging.eu:
    to: http://staging
    headers: {x-from: profile, x-profile: 2}
    listen: {addr: 127.0.0.1:2}
`
	tests := []struct {
		name    string
		file    string
		profile string
		env     environment
		flags   map[string]any
		want    func(*Config)
	}{
		{name: "empty file"},
		{name: "only comments", file: "# nothing\n"},
		{name: "keys without values", file: "to:\nheaders:\nlisten:\nprofiles:\n  a:\n"},
		{name: "byte order mark and CRLF", file: "\ufeffto: http://a\r\ninsecure: true\r\n",
			want: func(c *Config) { c.To, c.Insecure = "http://a", true }},
		{name: "file", file: layered, want: func(c *Config) {
			c.To, c.Timeout, c.Listen.Addr = "http://base", 20*time.Second, "127.0.0.1:1"
			c.Headers = []string{"X-File: 1", "X-From: file"}
		}},
		{name: "profile over file", file: layered, profile: "staging.eu", want: func(c *Config) {
			c.To, c.Timeout, c.Listen.Addr = "http://staging", 20*time.Second, "127.0.0.1:2"
			c.Headers = []string{"X-File: 1", "X-From: profile", "X-Profile: 2"}
		}},
		{name: "environment over profile", file: layered,
			env: environment{
				"APIZEE_HOOKS_PROFILE":     "staging.eu",
				"APIZEE_HOOKS_TO":          "http://env",
				"APIZEE_HOOKS_HEADERS":     "x-from: env\r\n\nX-Env: a: b\n",
				"APIZEE_HOOKS_LISTEN_ADDR": "127.0.0.1:3",
			},
			want: func(c *Config) {
				c.To, c.Timeout, c.Listen.Addr = "http://env", 20*time.Second, "127.0.0.1:3"
				c.Headers = []string{"X-Env: a: b", "X-File: 1", "X-From: env", "X-Profile: 2"}
			}},
		{name: "flags over environment", file: layered,
			env: environment{"APIZEE_HOOKS_TO": "http://env", "APIZEE_HOOKS_HEADERS": "X-From: env", "APIZEE_HOOKS_TIMEOUT": "soon"},
			flags: map[string]any{
				"to": "http://flag", "timeout": 3 * time.Second, "insecure": true, "listen.status": 500,
				"headers": []string{"x-from: flag", "X-File:", "X-Empty;"},
			},
			want: func(c *Config) {
				c.To, c.Timeout, c.Insecure, c.Listen.Status = "http://flag", 3*time.Second, true, 500
				c.Listen.Addr = "127.0.0.1:1"
				c.Headers = []string{"X-Empty;", "X-File:", "X-From: flag"}
			}},
		{name: "flag back to the zero value", file: "to: http://a\ninsecure: true\n",
			flags: map[string]any{"insecure": false}, want: func(c *Config) { c.To = "http://a" }},
		{name: "a body may be empty", file: "listen: {body: text}\n", flags: map[string]any{"listen.body": ""}},
		{name: "empty variables are not set", file: "to: http://a\n",
			env:  environment{"APIZEE_HOOKS_TO": "", "APIZEE_HOOKS_PROFILE": "", "APIZEE_HOOKS_CONFIG": "", "APIZEE_HOOKS_HEADERS": ""},
			want: func(c *Config) { c.To = "http://a" }},
		{name: "repeated headers replace those of a lower layer", file: "listen: {response-headers: {set-cookie: [a, b], X-No: }}\n",
			env:   environment{"APIZEE_HOOKS_HEADERS": "A: 1\na: 2"},
			flags: map[string]any{"headers": []string{"A: 3", "A: 4"}},
			want: func(c *Config) {
				c.Headers = []string{"A: 3", "A: 4"}
				c.Listen.ResponseHeaders = []string{"Set-Cookie: a", "Set-Cookie: b", "X-No:"}
			}},
		{name: "scalars keep what was written", file: "headers: {A: 007, B: 1.10, C: yes, D: true, E.F: 0x1}\nlisten: {status: '201', body: 12}\n",
			want: func(c *Config) {
				c.Headers = []string{"A: 007", "B: 1.10", "C: yes", "D: true", "E.f: 0x1"}
				c.Listen.Status, c.Listen.Body = 201, "12"
			}},
		{name: "block scalar", file: "listen:\n  body: |\n    a\n    b\n",
			want: func(c *Config) { c.Listen.Body = "a\nb\n" }},
		{name: "dotted key", file: "listen.status: 200\n", want: func(c *Config) { c.Listen.Status = 200 }},
		{name: "references", file: "to: http://${HOST}:$${PORT}/$5$\ntimeout: ${T}\nheaders: {A: '${EMPTY}', B: 'x ${HOST}${T}'}\nlisten: {status: '${S}'}\n",
			env: environment{"HOST": "${T}", "T": "5s", "EMPTY": "", "S": "503"},
			want: func(c *Config) {
				c.To, c.Timeout, c.Listen.Status = "http://${T}:${PORT}/$5$", 5*time.Second, 503
				c.Headers = []string{"A;", "B: x ${T}5s"}
			}},
		{name: "references that are not in force", file: "to: ${A}\ntimeout: ${B}\nheaders: {X: '${C}'}\nprofiles: {other: {to: '${D}', insecure: '${'}}\n",
			env:   environment{"APIZEE_HOOKS_TO": "${A}", "APIZEE_HOOKS_HEADERS": "x: 1"},
			flags: map[string]any{"timeout": "1s"},
			want:  func(c *Config) { c.To, c.Timeout, c.Headers = "${A}", time.Second, []string{"X: 1"} }},
		{name: "required header", file: "listen: {require-header: 'x-api-key:abc'}\n",
			want: func(c *Config) { c.Listen.RequireHeader = "X-Api-Key: abc" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "my.yaml"), tt.file)
			got, err := Load(t.Context(), Options{File: path, Profile: tt.profile, LookupEnv: tt.env.lookup, Flags: tt.flags})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(defaults(tt.want), got.Config); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
			if got.File != path {
				t.Errorf("file = %q, want %q", got.File, path)
			}
		})
	}
}

func TestForRun(t *testing.T) {
	const file = `
to: http://base
headers: {X-File: 1, X-Removed: null, X-Profile: base, X-Variable: base}
listen: {response-headers: {X-Response: 1}}
profiles:
  bare: {timeout: 1s}
  ci: {to: http://profile, headers: {X-Profile: profile, X-File: null, X-Empty: ""}, listen: {response-headers: {X-Profile: 1}}}
`
	variable := environment{"APIZEE_HOOKS_TO": "http://variable", "APIZEE_HOOKS_HEADERS": "X-Variable: variable"}
	tests := []struct {
		profile string
		env     environment
		flags   map[string]any
		to      string
		headers []string
	}{
		{},
		{profile: "bare"},
		{profile: "ci", to: "http://profile", headers: []string{"X-Empty;", "X-File:", "X-Profile: profile"}},
		{env: variable, to: "http://variable", headers: []string{"X-Variable: variable"}},
		{env: variable, flags: map[string]any{"to": "http://flag", "headers": []string{"X-Variable:"}},
			to: "http://flag", headers: []string{"X-Variable:"}},
	}
	path := write(t, filepath.Join(t.TempDir(), "my.yaml"), file)
	for _, tt := range tests {
		got, err := Load(t.Context(), Options{File: path, Profile: tt.profile, LookupEnv: tt.env.lookup, Flags: tt.flags})
		if err != nil {
			t.Fatal(err)
		}
		to, headers := got.ForRun()
		if to != tt.to || !slices.Equal(headers, tt.headers) {
			t.Errorf("%+v: got %q and %q", tt, to, headers)
		}
	}
}

// TestEveryKey checks that the environment variable of each key sets a different field.
func TestEveryKey(t *testing.T) {
	samples := map[kind]string{
		text: "sample", address: "sample", request: "sample", boolean: "true", duration: "7s", status: "418", headerLine: "A: 1", headers: "A: 1",
	}
	for _, k := range Keys() {
		if k.Description == "" || k.Default == "" && k.Example == "" {
			t.Errorf("%s has no description, or neither default nor example", k.Name)
		}
		got, err := Load(t.Context(), Options{LookupEnv: environment{k.Env(): samples[k.kind]}.lookup})
		if err != nil {
			t.Fatal(err)
		}
		if changed := changedTags(defaults(nil), got.Config); !slices.Equal(changed, []string{k.Name}) {
			t.Errorf("%s changes the fields %q", k.Env(), changed)
		}
	}
}

func changedTags(a, b any) (tags []string) {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		if va.Type().Field(i).Tag.Get("mapstructure") == ",squash" {
			tags = append(tags, changedTags(va.Field(i).Interface(), vb.Field(i).Interface())...)
			continue
		}
		if !reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			tags = append(tags, va.Type().Field(i).Tag.Get("mapstructure"))
		}
	}
	return tags
}

func TestEnvironmentNames(t *testing.T) {
	want := "APIZEE_HOOKS_TO APIZEE_HOOKS_HEADERS APIZEE_HOOKS_TIMEOUT APIZEE_HOOKS_INSECURE APIZEE_HOOKS_TEMPLATES " +
		"APIZEE_HOOKS_LISTEN_ADDR APIZEE_HOOKS_LISTEN_PATH APIZEE_HOOKS_LISTEN_STATUS APIZEE_HOOKS_LISTEN_BODY " +
		"APIZEE_HOOKS_LISTEN_RESPONSE_HEADERS APIZEE_HOOKS_LISTEN_DELAY APIZEE_HOOKS_LISTEN_REQUIRE_HEADER " +
		"APIZEE_HOOKS_LISTEN_FORWARD_TO APIZEE_HOOKS_LISTEN_RECORD APIZEE_HOOKS_LISTEN_INSPECT APIZEE_HOOKS_LISTEN_INSPECT_MEMORY APIZEE_HOOKS_LISTEN_OUTPUT APIZEE_HOOKS_LISTEN_MAX_BODY " +
		"APIZEE_HOOKS_AUDIT_PROBE APIZEE_HOOKS_AUDIT_PROBE_HEADERS APIZEE_HOOKS_AUDIT_PROBE_EXPECT APIZEE_HOOKS_AUDIT_PROBE_COUNT APIZEE_HOOKS_AUDIT_WITHIN"
	var got []string
	for _, k := range Keys() {
		got = append(got, k.Env())
	}
	if diff := cmp.Diff(strings.Fields(want), got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func BenchmarkLoadWithoutFile(b *testing.B) {
	o := Options{UserDir: b.TempDir()}
	for b.Loop() {
		if _, err := Load(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
}
