package console

import "testing"

func TestBreakCommands(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"a::b, #[c] ##d\n  : :e\n":      "a::b, #[c] ##d\n  : :e\n",
		"::error::x":                    ": :error::x",
		"ok\n \t::add-mask::y\r\nz::\n": "ok\n \t: :add-mask::y\r\nz::\n",
		"\u3000::x\n\n::y":              "\u3000: :x\n\n: :y",
		":::x":                          ": ::x",
		"a ##[error]b ##[group]c":       "a ## [error]b ## [group]c",
		"###[x]":                        "### [x]",
	} {
		if got := BreakCommands(text); got != want {
			t.Errorf("BreakCommands(%q) = %q, want %q", text, got, want)
		}
		if got := BreakCommands(want); got != want {
			t.Errorf("BreakCommands(%q) = %q", want, got)
		}
	}
}
