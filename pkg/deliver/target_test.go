package deliver

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"as given":            {"http://localhost:3000/hooks/", "http://localhost:3000/hooks/"},
		"no scheme":           {"localhost:3000/hooks", "http://localhost:3000/hooks"},
		"no scheme, no port":  {"localhost", "http://localhost"},
		"scheme in the query": {"localhost:3000/x?next=http://y", "http://localhost:3000/x?next=http://y"},
		"capital scheme":      {"HTTPS://Example.com/A", "https://Example.com/A"},
		"query as it is":      {"http://h/?b=2&a=%7e+[]{}\"&a", "http://h/?b=2&a=%7e+[]{}\"&a"},
		"empty query":         {"http://h/?", "http://h/?"},
		"escapes as they are": {"http://h/a%2Fb%20c/../d", "http://h/a%2Fb%20c/../d"},
		"fragment":            {"http://h/p?q#part", "http://h/p?q"},
		"IPv6":                {"[::1]:3000/x", "http://[::1]:3000/x"},
		"user":                {"http://u:p@h/", "http://u:p@h/"},
		"port alone":          {"3000", "http://localhost:3000"},
		"port and path":       {":3000/x?y", "http://localhost:3000/x?y"},
		"port and query":      {"3000?y", "http://localhost:3000?y"},
		"not ASCII":           {"http://h/é?q=ü%FC", "http://h/%C3%A9?q=%C3%BC%FC"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := ParseURL(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestParseURLRefuses(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"empty":            {"", "the host is missing"},
		"other scheme":     {"ftp://h/", "ftp:// is not supported; use http:// or https://"},
		"no host":          {"http:///x", "the host is missing"},
		"scheme only":      {"http://", "the host is missing"},
		"empty port":       {"http://h:/", "the port after the colon is missing"},
		"port not number":  {"localhost:abc", "the port is not a number"},
		"port too high":    {"localhost:65536", "port 65536 is not from 1 to 65535"},
		"port zero":        {"localhost:0", "port 0 is not from 1 to 65535"},
		"space in query":   {"http://h/?a b", "a space is %20"},
		"line break":       {"http://h/\r\nX: y", "control character"},
		"password unseen":  {"http://u:hunter2@h:x/", "the port is not a number"},
		"password cut":     {"http://u:hunter2/x@h/", "the port is not a number"},
		"bare IPv6":        {"::1", "must be in brackets, as in [::1]:3000"},
		"half an escape":   {"http://h/%2", "invalid URL escape"},
		"missing colon":    {"http//user:secret@h/", "a colon is missing"},
		"missing slash":    {"http:/h", "a slash is missing"},
		"not a host at []": {"http://[::1/", "missing ']'"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := ParseURL(test.in)
			if err == nil {
				t.Fatalf("taken as %s", u)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %q, want it to say %q", err, test.want)
			}
		})
	}
}

func TestShowURL(t *testing.T) {
	u := parseTarget(t, "https://a%3Axxxxx%40:hunter2@h/?p=:xxxxx@").URL
	if got, want := ShowURL(u, false), "https://a%3Axxxxx%40:****@h/?p=:xxxxx@"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ShowURL(parseTarget(t, "http://tok@h/a@b?key=1&a=2&X-Token=&token").URL, false), "http://****@h/a@b?key=****&a=2&X-Token=****&token"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ShowURL(u, true); got != u.String() {
		t.Errorf("got %s, want %s", got, u)
	}
}

// TestTargetShowURL masks a header's secret in the path and the query, not in the scheme and the host.
func TestTargetShowURL(t *testing.T) {
	target := parseTarget(t, "http://localhost:3000/local/a?k=local")
	target.Headers = []Header{{Name: "X-Api-Key", Value: "local"}}
	if got, want := target.ShowURL(false), "http://localhost:3000/****/a?k=****"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	target.URL = parseTarget(t, "http://localhost:3000").URL
	if got, want := target.ShowURL(false), "http://localhost:3000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"localhost:3000/hooks", "http://u:p@[::1]:80/a?b#c", "ftp://x", "://", "a:b", "http://h/%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURL(s)
		if err != nil {
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
			t.Fatalf("%q became %q", s, u)
		}
		again, err := ParseURL(u.String())
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", s, u, err)
		}
		if again.RequestURI() != u.RequestURI() || again.Host != u.Host {
			t.Fatalf("%q became %q, then %q", s, u, again)
		}
	})
}
