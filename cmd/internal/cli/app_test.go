package cli

import (
	"bytes"
	"runtime/debug"
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

func TestLimitMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	for own, want := range map[string]int64{"": 1 << 40, "1GiB": before} {
		lookupEnv := func(name string) (string, bool) { return own, own != "" && name == "GOMEMLIMIT" }
		back := (&App{System: System{LookupEnv: lookupEnv}}).LimitMemory(1 << 40)
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with a limit %q of the user's own it is %d, want %d", own, got, want)
		}
		back()
		if after := debug.SetMemoryLimit(-1); after != before {
			t.Errorf("%d was left behind, not %d", after, before)
		}
	}
}
