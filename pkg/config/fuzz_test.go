package config

import (
	"bytes"
	"testing"
)

// FuzzDocument loads any bytes as a file: the result is a configuration or an error.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("to: http://a\nheaders: {A: b}\nlisten:\n  status: 200\n"))
	f.Add([]byte("profiles:\n  a.b:\n    timeout: ${T}\n    headers: {x: [a, b]}\n"))
	f.Add([]byte("a: &a *a\n<<: *a\n? b\n: !!str c\n--- |\n x\n"))
	f.Add(bytes.ReplaceAll(bytes.TrimPrefix(template(), []byte(modeline)), []byte("# "), nil))
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
		r := newResolver(environment{"T": "1s"}.lookup)
		if _, err := r.resolve(merged); err != nil && len(r.problems) == 0 {
			t.Fatalf("resolve: %v", err)
		}
	})
}
