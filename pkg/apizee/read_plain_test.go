package apizee

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readBoth reads a text as plain and with the decoder, and fails where they differ. It reports whether
// the text is plain.
func readBoth(t *testing.T, text string) bool {
	t.Helper()
	p, r := plainReader{}, reader{}
	where, isPlain := p.read(text)
	if !isPlain {
		return false
	}
	decoded, err := r.decode(text)
	if err != nil {
		t.Fatalf("%q is plain, yet the decoder says: %v", text, err)
	}
	if where != decoded || !slices.Equal(p.nodes, r.nodes) {
		t.Fatalf("%q: read as %v\n%s", text, where, cmp.Diff(fmt.Sprintf("%+v", r.nodes), fmt.Sprintf("%+v", p.nodes)))
	}
	return true
}

func TestReadPlain(t *testing.T) {
	members := func(n int) string {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf(`"%d":0`, i)
		}
		return "{" + strings.Join(names, ",") + "}"
	}
	plain := []string{
		`{}`, " \r\n\t{ } \n", `{"a":{}}`, `{"a":{"a":{}}}`, `{ "a" : 1 , "b" : "" }`, `{"a":true,"b":false,"c":null}`,
		`{"a":0,"b":-0,"c":-1,"d":10,"e":0.0,"f":-10.25}`, `{"~":" !#[]^~"}`, members(mostPlain),
	}
	for _, bench := range benchmarks {
		plain = append(plain, bench.body)
	}
	for _, text := range plain {
		if !readBoth(t, text) {
			t.Errorf("%s is not read as plain", text)
		}
	}
	for _, text := range []string{
		``, ` `, `1`, `"a"`, `[]`, `null`, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a",1}`, `{a:1}`, `{"a" 1}`, `{:1}`,
		`{}}`, `{}{}`, `{} x`, `{}` + "\x00", `{"a":1 "b":2}`, `{"a":{"a":{"a":{}}}}`, `{"a":[]}`, `{"a":1]`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":2}}`,
		`{"a":tru}`, `{"a":truex}`, `{"a":nul`, `{"a":fals}`, `{"a":01}`, `{"a":-}`, `{"a":-01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e5}`, `{"a":1x}`, `{"a":- 1}`, `{"a":}`, `{"a":'b'}`,
		`{"a":"\n"}`, `{"\u0061":1}`, "{\"a\":\"\n\"}", "{\"a\":\"\x7f\"}", `{"a":"é"}`, "{\"a\":\"\xff\"}", "\ufeff{}", "{\u00a0}", members(mostPlain + 1),
	} {
		if readBoth(t, text) {
			t.Errorf("%s is read as plain", text)
		}
	}
}

// FuzzReadPlain compares the reading of plain events with the decoder.
func FuzzReadPlain(f *testing.F) {
	for _, bench := range benchmarks {
		f.Add(bench.body)
	}
	f.Add(`{"a":-0.5,"b":[1],"c":{"d":{"e":{}}},"é":"\n", "a":1e5}`)
	f.Fuzz(func(t *testing.T, text string) { readBoth(t, text) })
}
