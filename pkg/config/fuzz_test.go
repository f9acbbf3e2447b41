package config

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzDocument gives any bytes as a file: what cannot be read is an error, and
// what can be resolves, or says why not.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("to: http://a\nheaders: {A: b}\nlisten:\n  status: 200\n"))
	f.Add([]byte("profiles:\n  a.b:\n    timeout: ${T}\n    headers: {x: [a, b]}\n"))
	f.Add([]byte("a: &a *a\n<<: *a\n? b\n: !!str c\n--- |\n x\n"))
	f.Add(bytes.ReplaceAll(Template(), []byte("# "), nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys := Keys()
		doc, err := parseDocument("f.yaml", data, keys)
		if err != nil {
			return
		}
		layers := []layer{doc.base}
		for _, l := range doc.profiles {
			layers = append(layers, l)
		}
		merged, err := merge(keys, layers, layer{})
		if err != nil {
			t.Fatalf("merge: %v", err)
		}
		r := resolver{lookupEnv: environment{"T": "1s"}.lookup, values: map[string][]Value{}}
		if _, err := r.resolve(merged); err != nil && len(r.problems) == 0 {
			t.Fatalf("resolve: %v", err)
		}
	})
}

// FuzzExpand holds that any text survives when it is escaped as documented.
func FuzzExpand(f *testing.F) {
	f.Add("a ${A} $${A} $ ${")
	f.Fuzz(func(t *testing.T, s string) {
		noEnvironment := environment{}.lookup
		got, err := expand(strings.ReplaceAll(s, "${", "$${"), noEnvironment)
		if err != nil || got != s {
			t.Errorf("expand of %q escaped = %q, %v", s, got, err)
		}
		if _, err := expand(s, noEnvironment); err == nil && strings.HasPrefix(s, "${") {
			t.Errorf("expand(%q) found a variable that is not set", s)
		}
	})
}
