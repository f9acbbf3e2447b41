package yamlfile

import (
	"errors"
	"strings"
	"testing"
)

func environment(name string) (string, bool) {
	values := map[string]string{"HOME_1": "/root ${HOME_1}", "EMPTY": ""}
	value, set := values[name]
	return value, set
}

func TestExpand(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"$ {} $1 }", "$ {} $1 }"},
		{"a ${HOME_1}${HOME_1}!", "a /root ${HOME_1}/root ${HOME_1}!"},
		{"$${HOME_1} $$${HOME_1}", "${HOME_1} $${HOME_1}"},
		{"${EMPTY}", ""},
		{"${NOPE:-d} ${EMPTY:-d} ${HOME_1:-d}", "d d /root ${HOME_1}"},
		{"${NOPE:-}", ""},
		{"${NOPE:-http://h:1/?a=b&c-d}", "http://h:1/?a=b&c-d"},
		{"${NOPE:-${ALSO_NOT:-${HOME_1}}}!", "/root ${HOME_1}!"},
		{"${NOPE:-$${A}}", "${A}"},
		{"${NOPE:-{{ .x }}} }", "{{ .x }} }"},
		{"${HOME_1:?never} ${HOME_1:-${NOPE}}", "/root ${HOME_1} /root ${HOME_1}"},
	}
	for _, tt := range tests {
		if got, err := Expand(tt.text, environment); got != tt.want || err != nil {
			t.Errorf("Expand(%q) is %q, %v", tt.text, got, err)
		}
	}
	for text, want := range map[string]string{
		"a ${NOPE}":            "the environment variable NOPE is not set",
		"${NOPE:?}":            "the environment variable NOPE is not set",
		"${NOPE:?set it, do}":  "the environment variable NOPE is not set: set it, do",
		"${EMPTY:?set it}":     "the environment variable EMPTY is not set: set it",
		"${NOPE:-${ALSO_NOT}}": "the environment variable ALSO_NOT is not set",
	} {
		_, err := Expand(text, environment)
		if unset := (*UnsetError)(nil); !errors.As(err, &unset) || err.Error() != want {
			t.Errorf("Expand(%q): %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"a ${": "${", "a ${b": "${b", "${}x": "${}", "x ${a b} y": "${a b}", "${1A}": "${1A}", "${HOME_1} ${-} ${": "${-}",
		"${A-d}": "${A-d}", "${A:d}": "${A:d}", "${A:+d}": "${A:+d}", "${NOPE:-${1}}": "${1}", "${:-d}": "${:-d}", "${A:-{}": "${A:-{}",
	} {
		_, err := Expand(text, environment)
		if wrong := (*ReferenceError)(nil); !errors.As(err, &wrong) || wrong.Text != want {
			t.Errorf("Expand(%q): %#v", text, err)
		}
	}
}

// FuzzExpand checks that an escaped text is unchanged.
func FuzzExpand(f *testing.F) {
	f.Add("a ${A} $${A} $ ${")
	f.Fuzz(func(t *testing.T, s string) {
		none := func(string) (string, bool) { return "", false }
		got, err := Expand(strings.ReplaceAll(s, "${", "$${"), none)
		if err != nil || got != s {
			t.Errorf("expand of %q escaped = %q, %v", s, got, err)
		}
		if _, err := Expand(s, none); err == nil && strings.HasPrefix(s, "${") && !strings.Contains(s, ":-") {
			t.Errorf("expand(%q) found a variable that is not set", s)
		}
	})
}
