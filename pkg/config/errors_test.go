package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadErrors(t *testing.T) {
	const statuses = "an HTTP status from 200 to 599"
	tests := []struct {
		name    string
		file    string
		profile string
		env     environment
		flags   map[string]any
		want    string // with FILE for the path
	}{
		{name: "unknown keys, all of them",
			file: "too: x\nlisten:\n  adr: x\n  timeout: 1s\n  forward: x\nprofiles:\n  a:\n    headrs: {}\n    profiles: {}\n    listen: {staus: 1}\nzzzzzz: 1\naddr: x\n",
			want: `FILE:1: unknown key "too"; did you mean "to"?
FILE:3: unknown key "listen.adr"; did you mean "listen.addr"?
FILE:4: unknown key "listen.timeout"; did you mean "timeout"?
FILE:5: unknown key "listen.forward"; did you mean "listen.forward-to"?
FILE:8: unknown key "profiles.a.headrs"; did you mean "headers"?
FILE:9: unknown key "profiles.a.profiles"; known: to, headers, timeout, insecure, templates, listen, audit
FILE:10: unknown key "profiles.a.listen.staus"; did you mean "listen.status"?
FILE:11: unknown key "zzzzzz"; known: to, headers, timeout, insecure, templates, listen, audit, profiles
FILE:12: unknown key "addr"; did you mean "listen.addr"?`},
		{name: "values of the wrong type, also in a profile that is not used",
			file: "timeout: soon\ninsecure: yes please\nlisten:\n  status: abc\n  delay: -1s\nprofiles:\n  a:\n    timeout: 30\n    listen.status: 99\n  b: {timeout: 1e3}\n  c: {timeout: 5u}\n  d: {timeout: 1h30}\n",
			want: `FILE:1: timeout: must be a duration such as 10s or 500ms, not "soon"
FILE:2: insecure: must be true or false, not "yes please"
FILE:4: listen.status: must be ` + statuses + `, not "abc"
FILE:5: listen.delay: must be 0 or more, not "-1s"
FILE:8: profiles.a.timeout: "30" has no unit; use 30s for seconds
FILE:9: profiles.a.listen.status: must be ` + statuses + `, not "99"
FILE:10: profiles.b.timeout: must be a duration such as 10s or 500ms, not "1e3"
FILE:11: profiles.c.timeout: must be a duration such as 10s or 500ms, not "5u"
FILE:12: profiles.d.timeout: "1h30" has no unit; use 1h30s for seconds`},
		{name: "structure",
			file: "to: [a]\nheaders: [a]\nlisten: 5\nprofiles:\n  a: b\n  '': {}\ntimeout: {a: 1}\n",
			want: `FILE:1: to: must be a string
FILE:2: headers must be a mapping
FILE:3: listen must be a mapping
FILE:5: profiles.a must be a mapping
FILE:6: the name of a profile must not be empty
FILE:7: timeout: must be a duration such as 10s or 500ms`},
		{name: "headers",
			file: "headers:\n  a b: c\n  X-Secret: \"hidden\\nX: y\"\n  X-A: 1\n  x-a: 2\n  X-B: {c: d}\n  X-C: []\nlisten: {require-header: hidden}\n",
			want: `FILE:2: headers: "a…" is not a valid header name
FILE:3: headers.X-Secret: a header value must not have line breaks or other control characters
FILE:5: headers.X-A is given twice
FILE:6: headers.X-B: must be a string, or a list of strings to repeat the header
FILE:7: headers.X-C: must be a string, or a list of strings to repeat the header
FILE:8: listen.require-header: the colon is missing; use "Name: value"`},
		{name: "empty values, which are no values",
			file: "to: ''\nlisten: {addr: '', body: '', record: ' '}\nprofiles: {a: {templates: ''}}\n",
			want: `FILE:1: to: must not be empty; set a value or remove the key
FILE:2: listen.addr: must not be empty; set a value or remove the key
FILE:2: listen.record: must not be empty; set a value or remove the key
FILE:3: profiles.a.templates: must not be empty; set a value or remove the key`},
		{name: "empty by way of the environment", file: "listen: {addr: '${ADDR}'}\n", env: environment{"ADDR": ""},
			want: "FILE:1: listen.addr: must not be empty; set a value or remove the key"},
		{name: "given in both ways", file: "listen:\n  addr: a\nlisten.addr: b\n", want: "FILE:3: listen.addr is given twice"},
		{name: "aliases", file: "to: x\nheaders: &h {X-A: 1, <<: *h}\n", want: "FILE:2: not valid YAML: an alias must not be in the value of its own anchor"},
		{name: "merge keys", file: "to: x\n<<: [{to: y}, 5]\n", want: "FILE:2: not valid YAML: << needs a mapping or a list of mappings"},
		{name: "syntax", file: "to: x\nheaders: \"hidden\n", want: "FILE:2: not valid YAML: the quoted string is not closed"},
		{name: "same key twice", file: "to: x\nto: y\n", want: `FILE:2: duplicate key "to", first on line 1`},
		{name: "no map", file: "hello\n", want: "FILE:1: the file must be a mapping"},
		{name: "two documents", file: "to: x\n---\nto: y\n", want: "FILE:3: a second YAML document begins here; only one is allowed"},
		{name: "not text", file: "to: \xff\n", want: "read the configuration file FILE: the file is not UTF-8"},
		{name: "too large", file: strings.Repeat("#", maxFile+1), want: "read the configuration file FILE: larger than 64 KiB"},
		{name: "unset variables",
			file:    "to: http://${HOST}\ntimeout: ${T}\nprofiles: {a: {headers: {X-Key: 'a ${KEY}'}}}\n",
			profile: "a",
			env:     environment{"T": "soon"},
			want: `FILE:1: to: the environment variable HOST is not set
profile a (FILE:3): headers.X-Key: the environment variable KEY is not set
FILE:2: timeout: must be a duration such as 10s or 500ms, not "soon"`},
		{name: "broken references", file: "to: ${\ntemplates: ${1A}\nlisten: {body: '${}', path: '${a b}'}\n",
			want: `FILE:1: to: ${ must begin a reference such as ${NAME}, ${NAME:-default} or ${NAME:?message}; use $${ for a literal ${
FILE:2: templates: ${ must begin a reference such as ${NAME}, ${NAME:-default} or ${NAME:?message}; use $${ for a literal ${
FILE:3: listen.path: ${ must begin a reference such as ${NAME}, ${NAME:-default} or ${NAME:?message}; use $${ for a literal ${
FILE:3: listen.body: ${ must begin a reference such as ${NAME}, ${NAME:-default} or ${NAME:?message}; use $${ for a literal ${`},
		{name: "environment", env: environment{"APIZEE_HOOKS_LISTEN_STATUS": "0", "APIZEE_HOOKS_INSECURE": "maybe"},
			want: `APIZEE_HOOKS_INSECURE: must be true or false, not "maybe"
APIZEE_HOOKS_LISTEN_STATUS: must be ` + statuses + `, not "0"`},
		{name: "bad flag", flags: map[string]any{"timeout": "-5s"}, want: `--timeout: must be 0 or more, not "-5s"`},
		{name: "header lines", env: environment{"APIZEE_HOOKS_HEADERS": "A: b\nhidden"},
			flags: map[string]any{"listen.response-headers": []string{": hidden"}},
			want: `APIZEE_HOOKS_HEADERS: header 2 of headers: the colon is missing; use "Name: value"
flag --response-header: header 1 of listen.response-headers: "" is not a valid header name; use "Name: value"`},
		{name: "JSON for headers", env: environment{"APIZEE_HOOKS_HEADERS": `{"X-Api-Key": "hidden"}`},
			want: `APIZEE_HOOKS_HEADERS: header 1 of headers: "…" is not a valid header name; use "Name: value"`},
		{name: "flags", flags: map[string]any{"nope": 1, "templates": "x", "headers": "A: b", "to": []string{"x"}},
			want: `flag --header: string is not a valid type for headers
no flag sets the key "nope"
no flag sets the key "templates"
flag --to: []string is not a valid type for to`},
		{name: "profile misspelt", file: "profiles: {staging: {}, production: {}}", profile: "stagin",
			want: `FILE: unknown profile "stagin" (--profile); did you mean "staging"?`},
		{name: "profile unlike any", file: "profiles: {staging: {}, production: {}}", env: environment{"APIZEE_HOOKS_PROFILE": "qa"},
			want: `FILE: unknown profile "qa" (APIZEE_HOOKS_PROFILE); known: production, staging`},
		{name: "no profiles", file: "to: x", profile: "qa", want: `FILE: unknown profile "qa" (--profile); there are none`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, filepath.Join(t.TempDir(), "my.yaml"), tt.file)
			_, err := Load(t.Context(), Options{File: path, Profile: tt.profile, LookupEnv: tt.env.lookup, Flags: tt.flags})
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(err.Error(), path, "FILE")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
