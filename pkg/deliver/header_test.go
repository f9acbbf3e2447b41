package deliver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHeader(t *testing.T) {
	tests := map[string]struct {
		in   string
		want Header
	}{
		"plain":           {"X-Team: blue", Header{Name: "X-Team", Value: "blue"}},
		"no space":        {"X-Team:blue", Header{Name: "X-Team", Value: "blue"}},
		"space around":    {"X-Team: \t blue sky \t", Header{Name: "X-Team", Value: "blue sky"}},
		"colons in value": {"X-At: 12:04:05", Header{Name: "X-At", Value: "12:04:05"}},
		"spelling kept":   {"x_tEAM: blue", Header{Name: "x_tEAM", Value: "blue"}},
		"beyond ASCII":    {"X-Team: bleu é 🎫", Header{Name: "X-Team", Value: "bleu é 🎫"}},
		"removal":         {"Accept:", Header{Name: "Accept", Remove: true}},
		"blank removal":   {"Accept: \t", Header{Name: "Accept", Remove: true}},
		"empty":           {"X-Team;", Header{Name: "X-Team"}},
		"blank and empty": {"X-Team; \t", Header{Name: "X-Team"}},
		"host":            {"Host: example.com", Header{Name: "Host", Value: "example.com"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseHeader(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseHeaderRefuses(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"no colon":            {"X-Team blue", `header "X-Team" has no colon; write it as 'Name: value'`},
		"secret, no colon":    {"Authorization Bearer hunter2", `header "Authorization" has no colon`},
		"secret alone":        {"hunter", "header has no colon"},
		"secret before colon": {"Authorization hunter2:x", `header "Authorization": the name has a space`},
		"empty":               {"", "has no colon"},
		"no name":             {": hunter2", "has no name before the colon"},
		"space in name":       {"X Team: blue", `header "X": the name has a space`},
		"space before colon":  {"X-Team : blue", `header "X-Team": the name has a space`},
		"beyond ASCII name":   {"Équipe: bleu", "the name must consist of"},
		"line feed":           {"X-Key: hunter2\nX-B: c", `header "X-Key": the value has a line break`},
		"carriage return":     {"X-Key: hunter2\rX-B: c", "line break"},
		"NUL":                 {"X-Key: hunter2\x00", "control character"},
		"escape":              {"X-Key: hunter2\x1b[0m", "control character"},
		"delete":              {"X-Key: hunter2\x7f", "control character"},
		"length":              {"content-LENGTH: 3", `header "content-LENGTH" cannot be set: it follows from the body`},
		"length away":         {"Content-Length:", "cannot be set"},
		"chunked":             {"Transfer-Encoding: chunked", "cannot be set"},
		"trailer":             {"Trailer: X-Sum", "cannot be set"},
		"not at the end":      {"X-Team; blue", `header "X-Team" has no colon`},
		"host empty":          {"host;", `header "host" cannot be removed`},
		"host away":           {"host:", `header "host" cannot be removed: HTTP/1.1 requires it`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h, err := ParseHeader(test.in)
			if err == nil {
				t.Fatalf("taken as %v", h)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %q, want it to say %q", err, test.want)
			}
		})
	}
}

// Every accepted header must be one that net/http sends unchanged.
func FuzzParseHeader(f *testing.F) {
	for _, s := range []string{"X-Team: blue", "Accept:", "X-Team;", ":", "a\r\n: b", "Authorization Bearer x", "X: \xff\t\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHeader(s)
		if err != nil {
			if _, value, found := strings.Cut(s, ":"); found && len(value) > 40 && strings.Contains(err.Error(), value) {
				t.Fatalf("the error shows the value: %v", err)
			}
			return
		}
		if h.Remove && h.Value != "" {
			t.Fatalf("%q became %#v", s, h)
		}
		again, err := ParseHeader(h.String())
		if err != nil || again != h {
			t.Fatalf("%q became %#v, then %#v, %v", s, h, again, err)
		}
		var wire strings.Builder
		if err := (http.Header{h.Name: {h.Value}}).Write(&wire); err != nil {
			t.Fatal(err)
		}
		if want := h.Name + ": " + h.Value + "\r\n"; wire.String() != want {
			t.Fatalf("%q is sent as %q, want %q", s, wire.String(), want)
		}
	})
}

func TestOverride(t *testing.T) {
	base := []Header{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}, {Name: "X-B", Value: "3"}, {Name: "Accept", Value: "a/b"}}
	over := []Header{{Name: "X-a", Value: "4"}, {Name: "accept", Remove: true}, {Name: "X-C", Value: "5"}}
	want := []Header{{Name: "X-B", Value: "3"}, {Name: "X-a", Value: "4"}, {Name: "accept", Remove: true}, {Name: "X-C", Value: "5"}}
	if diff := cmp.Diff(want, Override(base, over)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(base, Override(base, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestMask(t *testing.T) {
	for line, want := range map[string]string{"X-Team: blue": "X-Team: blue", "Cookie: id=1": "Cookie: ****", "Cookie:": "Cookie:"} {
		h, err := ParseHeader(line)
		if got := h.Mask().String(); err != nil || got != want {
			t.Errorf("%s is shown as %s, %v", line, got, err)
		}
	}
}
