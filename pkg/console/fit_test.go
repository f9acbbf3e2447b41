package console

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCutAndPad(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		cut, pad string
	}{
		{"fits", "abc", 3, "abc", "abc"},
		{"one over", "abcd", 3, "ab…", "abcd"},
		{"short", "a", 3, "a", "a  "},
		{"one column", "abc", 1, "…", "abc"},
		{"unlimited", "abc", 0, "abc", "abc"},
		{"less than nothing", "abc", -2, "abc", "abc"},
		{"wide runes", "会議室", 5, "会議…", "会議室"},
		{"half a wide rune left", "会議室", 4, "会…", "会議室"},
		{"wide runes padded", "会", 4, "会", "会  "},
		{"combining marks", "e\u0301te\u0301e", 3, "e\u0301t…", "e\u0301te\u0301e"},
		{"combining marks padded", "e\u0301", 3, "e\u0301", "e\u0301  "},
		{"joined emoji stays whole", "👩‍💻👩‍💻", 3, "👩‍💻…", "👩‍💻👩‍💻"},
		{"flag", "🇫🇷", 3, "🇫🇷", "🇫🇷 "},
		{"ambiguous width is narrow", "→ ±", 4, "→ ±", "→ ± "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.cut, Cut(test.in, test.width)); diff != "" {
				t.Errorf("Cut (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.pad, Pad(test.in, test.width)); diff != "" {
				t.Errorf("Pad (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, in string
		width    int
		want     []string
	}{
		{"nothing", "", 5, []string{""}},
		{"fits", "one two", 7, []string{"one two"}},
		{"two lines", "one two", 6, []string{"one", "two"}},
		{"unlimited", "one  two", 0, []string{"one  two"}},
		{"spaces", "  one   two ", 9, []string{"one two"}},
		{"long word", "a abcdefgh b", 3, []string{"a", "abc", "def", "gh", "b"}},
		{"wide runes", "会議室 です", 4, []string{"会議", "室", "です"}},
		{"wide runes in one column", "会a", 1, []string{"…", "a"}},
		{"combining marks", "e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Wrap(test.in, test.width)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "会議": 4, "e\u0301": 1, "👩‍💻": 2, "🇫🇷": 2, "…": 1, "→": 1} {
		if got := Columns(in); got != want {
			t.Errorf("Columns(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestFlow(t *testing.T) {
	star := func(s string) string { return "*" + s + "*" }
	pieces := []Cell{{Text: "one,"}, {Text: "zwölf", Paint: star}, {Text: "a longer one"}, {Text: "end"}}
	for width, want := range map[int]string{
		0:  "one, *zwölf* a longer one end",
		27: "one, *zwölf* a longer one end",
		26: "one, *zwölf* a longer one\n  end",
		10: "one, *zwölf*\n  a longer one\n  end",
		3:  "one,\n  *zwölf*\n  a longer one\n  end",
	} {
		if got := Flow(pieces, width, 2); got != want {
			t.Errorf("%d columns: got %q, want %q", width, got, want)
		}
	}
	if got := Flow(nil, 10, 2); got != "" {
		t.Errorf("got %q", got)
	}
}
