package yamlfile

import (
	"errors"
	"strings"
	"testing"
)

var errUnset = errors.New("not set")

func home(name string) (string, error) {
	if name == "HOME_1" {
		return "/root ${HOME_1}", nil
	}
	return "", errUnset
}

func TestExpand(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"$ {} $1 }", "$ {} $1 }"},
		{"a ${HOME_1}${HOME_1}!", "a /root ${HOME_1}/root ${HOME_1}!"},
		{"$${HOME_1} $$${HOME_1}", "${HOME_1} $${HOME_1}"},
	}
	for _, tt := range tests {
		if got, err := Expand(tt.text, home); got != tt.want || err != nil {
			t.Errorf("Expand(%q) is %q, %v", tt.text, got, err)
		}
	}
	if _, err := Expand("a ${NOPE}", home); err != errUnset {
		t.Errorf("error %v", err)
	}
	for text, want := range map[string]string{
		"a ${": "${", "a ${b": "${b", "${}x": "${}", "x ${a b} y": "${a b}", "${1A}": "${1A}", "${HOME_1} ${-} ${": "${-}",
	} {
		_, err := Expand(text, home)
		if wrong := (*ReferenceError)(nil); !errors.As(err, &wrong) || wrong.Text != want {
			t.Errorf("Expand(%q): %#v", text, err)
		}
	}
}

// FuzzExpand holds that any text survives when it is escaped as documented.
func FuzzExpand(f *testing.F) {
	f.Add("a ${A} $${A} $ ${")
	f.Fuzz(func(t *testing.T, s string) {
		none := func(string) (string, error) { return "", errUnset }
		got, err := Expand(strings.ReplaceAll(s, "${", "$${"), none)
		if err != nil || got != s {
			t.Errorf("expand of %q escaped = %q, %v", s, got, err)
		}
		if _, err := Expand(s, none); err == nil && strings.HasPrefix(s, "${") {
			t.Errorf("expand(%q) found a variable that is not set", s)
		}
	})
}
