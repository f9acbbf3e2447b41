package cli

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFit(t *testing.T) {
	for _, test := range []struct {
		columns, text string
		indent        int
		want          []string
	}{
		{"", "a text of any length", 6, []string{"a text of any length"}},
		{"20", "fourteen signs", 6, []string{"fourteen signs"}},
		{"20", "fifteen  signs.", 6, []string{"fifteen signs."}},
		{"20", "  expected  204 No Content", 6, []string{"  expected 204", "  No Content"}},
		{"3", "ab", 6, []string{"a", "b"}},
	} {
		system := System{Stdout: new(bytes.Buffer)}
		system.LookupEnv = func(name string) (string, bool) { return test.columns, name == "COLUMNS" && test.columns != "" }
		if diff := cmp.Diff(test.want, (&App{System: system}).Fit(test.text, test.indent)); diff != "" {
			t.Errorf("%q in %s (-want +got):\n%s", test.text, test.columns, diff)
		}
	}
}
