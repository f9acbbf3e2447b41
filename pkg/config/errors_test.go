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
FILE:9: unknown key "profiles.a.profiles"; there are to, headers, timeout, insecure, templates, listen
FILE:10: unknown key "profiles.a.listen.staus"; did you mean "listen.status"?
FILE:11: unknown key "zzzzzz"; there are to, headers, timeout, insecure, templates, listen, profiles
FILE:12: unknown key "addr"; did you mean "listen.addr"?`},
		{name: "values of the wrong type, also in a profile that is not used",
			file: "timeout: soon\ninsecure: yes please\nlisten:\n  status: abc\n  delay: -1s\nprofiles:\n  a:\n    timeout: 30\n    listen.status: 99\n",
			want: `FILE:1: timeout: "soon" is not a duration such as 10s or 500ms
FILE:2: insecure: "yes please" is not true or false
FILE:4: listen.status: "abc" is not ` + statuses + `
FILE:5: listen.delay: "-1s" is negative; it must be a duration such as 10s or 500ms
FILE:8: profiles.a.timeout: "30" has no unit; write 30s for seconds
FILE:9: profiles.a.listen.status: "99" is not ` + statuses},
		{name: "structure",
			file: "to: [a]\nheaders: [a]\nlisten: 5\nprofiles:\n  a: b\n  '': {}\ntimeout: {a: 1}\n",
			want: `FILE:1: to: it must be a text
FILE:2: headers must be a map of names to values
FILE:3: listen must be a map of names to values
FILE:5: profiles.a must be a map of names to values
FILE:6: a profile must have a name
FILE:7: timeout: it must be a duration such as 10s or 500ms`},
		{name: "headers",
			file: "headers:\n  a b: c\n  X-Secret: \"hidden\\nX: y\"\n  X-A: 1\n  x-a: 2\n  X-B: {c: d}\n  X-C: []\nlisten: {require-header: hidden}\n",
			want: `FILE:2: headers: "a b" is not a header name
FILE:3: headers.X-Secret: a header value cannot hold line breaks or other control characters
FILE:5: headers.X-A is given twice
FILE:6: headers.X-B: it must be a text, or a list of texts for a header that is repeated
FILE:7: headers.X-C: it must be a text, or a list of texts for a header that is repeated
FILE:8: listen.require-header: there is no colon in it; write "Name: value"`},
		{name: "empty values, which are no values",
			file: "to: ''\nlisten: {addr: '', body: '', record: ' '}\nprofiles: {a: {templates: ''}}\n",
			want: `FILE:1: to: it is empty; leave it out, or give it a value
FILE:2: listen.addr: it is empty; leave it out, or give it a value
FILE:2: listen.record: it is empty; leave it out, or give it a value
FILE:3: profiles.a.templates: it is empty; leave it out, or give it a value`},
		{name: "empty by way of the environment", file: "listen: {addr: '${ADDR}'}\n", env: environment{"ADDR": ""},
			want: "FILE:1: listen.addr: it is empty; leave it out, or give it a value"},
		{name: "given in both ways", file: "listen:\n  addr: a\nlisten.addr: b\n", want: "FILE:3: listen.addr is given twice"},
		{name: "aliases", file: "to: x\nheaders: &h {X-A: 1, <<: *h}\n", want: "FILE:2: not valid YAML: an alias stands in the value of its own anchor"},
		{name: "merge keys", file: "to: x\n<<: [{to: y}, 5]\n", want: "FILE:2: not valid YAML: << takes a mapping, or a list of them"},
		{name: "syntax", file: "to: x\nheaders: \"hidden\n", want: "FILE:2: not valid YAML: the quoted text has no end"},
		{name: "same key twice", file: "to: x\nto: y\n", want: `FILE:2: "to" is given twice, first in line 1`},
		{name: "no map", file: "hello\n", want: "FILE:1: the file must be a map of names to values"},
		{name: "two documents", file: "to: x\n---\nto: y\n", want: "FILE:3: a second YAML document starts here; only one is read"},
		{name: "not text", file: "to: \xff\n", want: "read the configuration file FILE: it is not UTF-8 text"},
		{name: "too large", file: strings.Repeat("#", maxFile+1), want: "read the configuration file FILE: it is larger than 64 KiB"},
		{name: "unset variables",
			file:    "to: http://${HOST}\ntimeout: ${T}\nprofiles: {a: {headers: {X-Key: 'a ${KEY}'}}}\n",
			profile: "a",
			env:     environment{"T": "soon"},
			want: `FILE:1: to: the environment variable HOST is not set
profile a (FILE:3): headers.X-Key: the environment variable KEY is not set
FILE:2: timeout: "soon" is not a duration such as 10s or 500ms`},
		{name: "broken references", file: "to: ${\ntemplates: ${1A}\nlisten: {body: '${}', path: '${a b}'}\n",
			want: `FILE:1: to: after ${ comes a variable's name and }, as in ${NAME}, ${NAME:-default} or ${NAME:?message}; write $${ for a plain ${
FILE:2: templates: after ${ comes a variable's name and }, as in ${NAME}, ${NAME:-default} or ${NAME:?message}; write $${ for a plain ${
FILE:3: listen.path: after ${ comes a variable's name and }, as in ${NAME}, ${NAME:-default} or ${NAME:?message}; write $${ for a plain ${
FILE:3: listen.body: after ${ comes a variable's name and }, as in ${NAME}, ${NAME:-default} or ${NAME:?message}; write $${ for a plain ${`},
		{name: "environment", env: environment{"APIZEE_HOOKS_LISTEN_STATUS": "0", "APIZEE_HOOKS_INSECURE": "maybe"},
			want: `APIZEE_HOOKS_INSECURE: "maybe" is not true or false
APIZEE_HOOKS_LISTEN_STATUS: "0" is not ` + statuses},
		{name: "bad flag", flags: map[string]any{"timeout": "-5s"}, want: `--timeout: "-5s" is negative; it must be a duration such as 10s or 500ms`},
		{name: "header lines", env: environment{"APIZEE_HOOKS_HEADERS": "A: b\nhidden"},
			flags: map[string]any{"listen.response-headers": []string{": hidden"}},
			want: `APIZEE_HOOKS_HEADERS: header 2 of headers: there is no colon in it; write "Name: value"
flag --response-header: header 1 of listen.response-headers: "" is not a header name`},
		{name: "flags", flags: map[string]any{"nope": 1, "templates": "x", "headers": "A: b", "to": []string{"x"}},
			want: `flag --header: string is no value for headers
no flag sets a key "nope"
no flag sets a key "templates"
flag --to: []string is no value for to`},
		{name: "profile misspelt", file: "profiles: {staging: {}, production: {}}", profile: "stagin",
			want: `FILE has no profile "stagin" (--profile); did you mean "staging"?`},
		{name: "profile unlike any", file: "profiles: {staging: {}, production: {}}", env: environment{"APIZEE_HOOKS_PROFILE": "qa"},
			want: `FILE has no profile "qa" (APIZEE_HOOKS_PROFILE); it has production, staging`},
		{name: "no profiles", file: "to: x", profile: "qa", want: `FILE has no profile "qa" (--profile); it has none`},
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
