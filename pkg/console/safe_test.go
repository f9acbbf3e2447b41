package console

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSafe(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"clean", `ticket 100 "new" C:\temp`, `ticket 100 "new" C:\temp`},
		{"accents, wide runes, emoji", "créé 会議 👩‍💻 ❤️ e\u0301", "créé 会議 👩‍💻 ❤️ e\u0301"},
		{"color code", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"window title", "\x1b]0;title\a", `\x1b]0;title\x07`},
		{"line overwritten", "bad\rgood", `bad\rgood`},
		{"backspace", "a\bb", `a\x08b`},
		{"nul and delete", "\x00\x7f", `\x00\x7f`},
		{"newline and tab", "a\n\tb", `a\n\tb`},
		{"C1 control sequence", "\u009b31m\u0085", `\u009b31m\u0085`},
		{"C1 as a bare byte", "\x9b31m", `\x9b31m`},
		{"bidi override", "a\u202eb\u2066c\u200f", `a\u202eb\u2066c\u200f`},
		{"zero width", "a\u200bb\ufeffc\u2060", `a\u200bb\ufeffc\u2060`},
		{"joiners stay", "\u0646\u200c\u0647 \u200d", "\u0646\u200c\u0647 \u200d"},
		{"line separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"no-break space", "a\u00a0:", `a\u00a0:`},
		{"letters that show nothing", "\u3164\u115f\uffa0", `\u3164\u115f\uffa0`},
		{"tag characters", "\U000e0067", `\U000e0067`},
		{"private use", "\ue000", `\ue000`},
		{"not UTF-8", "a\xff\xc3", `a\xff\xc3`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"overlong", "\xc0\x9b", `\xc0\x9b`},
		{"replacement character itself", "\ufffd", "\ufffd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Safe(test.in)); diff != "" {
				t.Errorf("Safe (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSafeAllocations(t *testing.T) {
	clean := "ticket 100 créé"
	if n := testing.AllocsPerRun(100, func() { Safe(clean) }); n != 0 {
		t.Errorf("Safe of clean text allocates %v times", n)
	}
}

func TestSafeLines(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"one", []string{"one"}},
		{"one\n", []string{"one"}},
		{"one\r\ntwo\r\n\r\n", []string{"one", "two", ""}},
		{"\n", []string{""}},
		{"\ta\x1b\rb", []string{`    a\x1b\rb`}},
		{"a\u2028b", []string{`a\u2028b`}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, SafeLines(test.in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
}

func TestSafeText(t *testing.T) {
	const text, want = "a\u202e\n\tb\x1b\r\xff", "a\\u202e\n\tb\\x1b\\r\\xff"
	if diff := cmp.Diff(want, string(SafeText([]byte(text)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSafeShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Log("without bash only the text is looked at")
	}
	for _, text := range append(awkward, "a'\u202e'b") {
		if text = strings.ReplaceAll(text, "\x00", ""); text == "" { // no argument can hold a NUL
			continue
		}
		command := SafeShell("printf %s '" + strings.ReplaceAll(text, "'", `'"'"'`) + "'")
		harmless(t, strings.ReplaceAll(command, "\t", ""), true)
		if bash == "" {
			continue
		}
		got, err := exec.Command(bash, "-c", command).Output()
		if err != nil || string(got) != text {
			t.Errorf("%s prints %q, %v, want %q", command, got, err, text)
		}
	}
}

func TestSafeJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"clean", `{"a":"\u202e é 会"}`, `{"a":"\u202e é 会"}`},
		{"bidi", "{\"a\u202e\":1}", `{"a\u202e":1}`},
		{"delete and C1", "\"\x7f\u009b\"", `"\u007f\u009b"`},
		{"above the first plane", "\"\U000e0067\"", `"\udb40\udc67"`},
		{"white space", "{\r\n\t\"a\": 1}", "{ \n \"a\": 1}"},
		{"not UTF-8", "\"\xff\"", `"\ufffd"`},
		{"not JSON", "\x1b[31m", `\u001b[31m`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(SafeJSON([]byte(test.in)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// harmless fails unless s is valid UTF-8 with only visible runes, and newlines if they are
// allowed.
func harmless(t *testing.T, s string, newlines bool) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("not UTF-8: %q", s)
	}
	for _, r := range s {
		control := r < ' ' || (r >= 0x7f && r < 0xa0)
		if (control || isHidden(r)) && !(newlines && r == '\n') {
			t.Fatalf("%U in %q", r, s)
		}
	}
}

// decoded is the value of a JSON text, with the digits of its numbers.
func decoded(t *testing.T, b []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	return value
}

var awkward = []string{
	"", "ticket 100", "\x1b[31m\r\b\t\n\x00\x7f", "\u009b\u202e\u2028\u200b\u200d\ufeff", "\xff\xed\xa0\x80",
	"é会👩‍💻🇫🇷e\u0301\u3164\U000e0067", "{\"a\":\"\u202e\x7f\U000e0067\",\"a\":[1.50,1e400,-0]}", `["\\u202e\"",{"":null}]`,
}

func FuzzSafe(f *testing.F) {
	for _, seed := range awkward {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Safe(string(b))
		harmless(t, got, false)
		if len(got) > 4*len(b) {
			t.Fatalf("%d bytes from %d", len(got), len(b))
		}
		if again := Safe(got); again != got {
			t.Fatalf("%q again is %q", got, again)
		}
		for _, line := range SafeLines(string(b)) {
			harmless(t, line, false)
		}
	})
}

func FuzzSafeJSON(f *testing.F) {
	for _, seed := range awkward {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		got := SafeJSON(b)
		harmless(t, string(got), true)
		if !bytes.Equal(b, before) {
			t.Fatal("the input was changed")
		}
		if json.Valid(b) && !reflect.DeepEqual(decoded(t, got), decoded(t, b)) {
			t.Fatalf("%q became another value: %q", b, got)
		}
	})
}

func BenchmarkSafe(b *testing.B) {
	for name, in := range map[string]string{
		"ascii": strings.Repeat(`{"event":"update","time":1632148000}`, 8),
		"latin": strings.Repeat("Réunion créée à l'étage, terminée. ", 8),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				Safe(in)
			}
		})
	}
}
