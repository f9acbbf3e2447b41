package redact

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestIsSecret(t *testing.T) {
	for _, name := range []string{
		"Authorization", "proxy-authorization", "X-Authentication", "COOKIE", "Set-Cookie",
		"X-Token", "ClientSecret", "x-api-KEY", "Password-1", "X-Auth", "sig", "X-Amz-Signature", "db_pass", "PHPSESSION", "api.cred",
	} {
		if got := Header(name, "v"); !IsSecret(name) || got != Masked {
			t.Errorf("%s is shown as %s", name, got)
		}
	}
	for _, name := range []string{"", "Host", "User-Agent", "X-Team", "Author", "Passage", "compass", "design"} {
		if got := Header(name, "v"); IsSecret(name) || got != "v" {
			t.Errorf("%s is shown as %s", name, got)
		}
	}
}

func TestURL(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing secret":         {"http://h:80/a@b?x=1#top", "http://h:80/a@b?x=1#top"},
		"user and password":      {"http://u:hunter2@h/", "http://u:****@h/"},
		"without scheme":         {"u:hunter2@h:3000/x", "u:****@h:3000/x"},
		"user alone":             {"https://hunter2@h/", "https://****@h/"},
		"@ in the password":      {"http://u:hun@ter2@h/", "http://u:****@h/"},
		"slashes without scheme": {"u:hun//ter2@h/", "u:****@h/"},
		"slash in the password":  {"http://u:hun/ter2@h/", "http://u:****@h/"},
		"? in the password":      {"http://u:hun?ter2@h/?a=1", "http://u:****@h/?a=1"},
		"# in the password":      {"http://u:hun#ter2@h/", "http://u:****@h/"},
		"parameter":              {"http://h/?a=1&X-Token=hunter2&b", "http://h/?a=1&X-Token=****&b"},
		"escaped name":           {"http://h/?to%6ben=hunter2", "http://h/?to%6ben=****"},
		"second question mark":   {"/in?a=1?token=hunter2&b=2", "/in?a=1?token=****&b=2"},
		"semicolon":              {"/in?a=1;token=hunter2;b=2", "/in?a=1;token=****"},
		"URL in a parameter":     {"/in?next=http://h/?token=hunter2&b=2", "/in?next=http://h/?token=****&b=2"},
		"escaped URL":            {"/in?next=http%3A%2F%2Fh%2F%3Ftoken%3Dhunter2&b=2", "/in?next=****&b=2"},
		"URL with a password":    {"/?cb=https://u:hunter2@h/x", "/?cb=https://u:****@h/x"},
		"escaped password":       {"/?cb=https%3A%2F%2Fu%3Ahunter2%40h%2Fx", "/?cb=****"},
		"twice escaped":          {"/?%2574oken=hunter2&a=b%2526token%253Dhunter2", "/?%2574oken=****&a=****"},
		"broken escape":          {"/?to%6ben%=hunter2&%=1", "/?to%6ben%=****&%=1"},
		"escaped parameter":      {"/?token%3Dhunter2&a=1", "/?****&a=1"},
		"escaped separator":      {"/?a=1%26token=hunter2", "/?a=****"},
		"in the path":            {"/x;token=hunter2/y", "/x;token=****"},
		"escaped in the path":    {"http://h/x%3Ftoken%3Dhunter2?a=1", "http://h/****?a=1"},
		"escaped value":          {"/?data=token%3Dhunter2&a=1", "/?data=****&a=1"},
		"& in the path":          {"/a&token=hunter2", "/a&token=****"},
		"URL in the path":        {"/cb/http://u:hunter2@h/x?a=1", "/cb/http://u:****@h/x?a=1"},
		"a value without scheme": {"/?cb=//u:hunter2@h/x", "/?cb=//u:****@h/x"},
		"two slashes in a path":  {"/a//b@c?a=1", "/a//b@c?a=1"},
		"without its scheme":     {"//u:hunter2@h/x", "//u:****@h/x"},
		"an escaped path":        {"/caf%C3%A9%20au%20lait?a=%3D", "/caf%C3%A9%20au%20lait?a=%3D"},
		"escaped harmless URL":   {"/in?next=http%3A%2F%2Fh%2F%3Fa%3D2", "/in?next=http%3A%2F%2Fh%2F%3Fa%3D2"},
		"fragment":               {"http://h/#access_token=hunter2", "http://h/#access_token=****"},
		"of a request line":      {"/in?next=http://h:x/a@b&key=hunter2", "/in?next=http://h:****@b&key=****"},
		"IPv6":                   {"http://[::1]:3000/?to=a@b", "http://[::1]:3000/?to=a@b"},
		"IPv6 without scheme":    {"[::1]/?to=a@b", "[::1]/?to=a@b"},
		"nothing":                {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := URL(test.in)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if again := URL(got); again != got {
				t.Errorf("masked again it is %s", again)
			}
		})
	}
}

// BenchmarkURL has queries that are as slow to mask as a sender can make them.
func BenchmarkURL(b *testing.B) {
	nested := "/in?a=1"
	for len(nested) < 32<<10 {
		nested = "/in?a=" + url.QueryEscape(nested)
	}
	for name, s := range map[string]string{
		"usual": "/apizeehooks/?source=apizee", "equals": "/in?" + strings.Repeat("a=", 32<<10),
		"separators": "/in?" + strings.Repeat("a=;", 20<<10), "nested": nested,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				URL(s)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	for line, want := range map[string]string{
		"X-Api-Key: hunter2":                            "****",
		"X-Team: blue?token=x":                          "blue?token=****",
		"Referer: https://u:hunter2@h/?key=abc":         "https://u:****@h/?key=****",
		"X-Original-Uri: /in?token=hunter2&a=1":         "/in?token=****&a=1",
		"Link: <https://u:hunter2@h/>; rel=x":           "<https://u:****@h/>; rel=x",
		"X-List: https://a/, https://u:hunter2@b/":      "https://a/, https://u:****@b/",
		"Refresh: 0; url=/?token=hunter2":               "0; url=/?token=****",
		"X-Request-Line: GET /?key=hunter2 HTTP/1.1":    "GET /?key=**** HTTP/1.1",
		"X-Original-Query: a=1&token=hunter2":           "a=1&token=****",
		"Referer: ?token=hunter2":                       "?token=****",
		"Referer: https%3A%2F%2Fh%2F%3Ftoken%3Dhunter2": "****",
		"X-Original-URL: //u:hunter2@h/p":               "//u:****@h/p",
		"Accept: text/html;q=0.9, */*;q=0.8":            "text/html;q=0.9, */*;q=0.8",
		"From: me@example.com":                          "me@example.com",
		"User-Agent: x/1 (+https://h/a@b?c=1#d)":        "x/1 (+https://h/a@b?c=1#d)",
	} {
		name, value, _ := strings.Cut(line, ": ")
		if got := Header(name, value); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestURLSecrets(t *testing.T) {
	tests := map[string][]string{
		"http://u:hunter2@h/?a=1&token=a%20b&key=&secret=c": {"hunter2", "a%20b", "a b", "c"},
		"http://hunter2@h/?user=u":                          {"hunter2"},
		"http://h/?a=1;token=hunter2":                       {"hunter2"},
		"http://u:p%40ss@h/":                                {"p%40ss", "p@ss"},
		"http://h/?next=http://u:hunter2@h/x":               {"hunter2"},
		"http://h/?data=token%3Dhunter2":                    {"hunter2", "token%3Dhunter2", "token=hunter2"},
		"http://h/x%3Ftoken%3Dhunter2":                      {"hunter2", "x%3Ftoken%3Dhunter2", "x?token=hunter2"},
		"http://h/?a=1":                                     nil,
	}
	for in, want := range tests {
		var m urlMasker
		m.url(in, maxDepth)
		if got := m.values(); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// FuzzMask checks that no secret remains, whatever the text around it.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"http://u:p@h/?token=x", "/a?x=1;key=2#secret=3", "https%3A%2F%2Fu:p%40h", "Link: <//u@h>; a=b", "%", "=&?;#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const planted = "hunter2"
		if strings.Contains(s, planted) {
			return
		}
		for _, whole := range []string{"http://u:" + planted + "@h/" + s, "http://h/?" + s + "&token=" + planted, "/in?next=" + url.QueryEscape("/?token="+planted) + "&" + s, "/in?cb=//u:" + planted + "@h/" + s} {
			if got := URL(whole); strings.Contains(got, planted) {
				t.Errorf("the URL %q became %q", whole, got)
			}
			if got := Header("Referer", whole); strings.Contains(got, planted) {
				t.Errorf("the header %q became %q", whole, got)
			}
		}
	})
}

func TestHasSecret(t *testing.T) {
	for line, want := range map[string]bool{
		"  - sned: ticket create":                     false,
		"    expect: {status: 2xxx, within: 5}":       false,
		"    X-Team: blue":                            false,
		"    X-Token: hunter2":                        true,
		"    'X-Api-Key' : hunter2":                   true,
		"  - {send: x, headers: {Cookie: hunter2}}":   true,
		"    url: http://localhost:3000/?page=2":      false,
		"    url: 'http://u:hunter2@localhost:3000/'": true,
		"  - probe: GET http://h/?token=hunter2":      true,
		"name: the token of a ticket":                 false,
		"":                                            false,
	} {
		if got := HasSecret(line); got != want {
			t.Errorf("%q: got %t", line, got)
		}
	}
}

func TestMessage(t *testing.T) {
	for in, want := range map[string]string{
		`s.yaml:1:9: headers must be a mapping, not "X-Api-Key: abc"`: `s.yaml:1:9: headers must be a mapping, not "X-Api-Key: ****"`,
		`"http://u:pw@h/?token=abc" is no address`:                    `"http://u:****@h/?token=****" is no address`,
		"a: http://h/?token=abc\nb: cd":                               "a: http://h/?token=****\nb: cd",
		`headers.X-Secret: a value cannot hold "\n"`:                  `headers.X-Secret: a value cannot hold "\n"`,
		`--data "Content-Type: text/plain": it is not JSON`:           `--data "Content-Type: text/plain": it is not JSON`,
		`--require-header "X-Api-Key:": there is no value`:            `--require-header "X-Api-Key:": there is no value`,
		`there is no key "passwrd"; did you mean "password"?`:         `there is no key "passwrd"; did you mean "password"?`,
	} {
		if got := Message(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestIsMaskedHeader(t *testing.T) {
	for header, want := range map[string]bool{
		"X-Api-Key: ****":                   true,
		"X-Chosen: ****":                    true, // masked by its name, which the listener was told
		"X-Note: see **** below":            false,
		"X-Note: **** and ****":             false,
		"Referer: http://u:****@h/":         true,
		"Referer: http://h/?a=1&token=****": true,
		"Referer: http://h/?a=****":         false,
		"X-Note: plain":                     false,
		"X-Api-Key: plain":                  false,
	} {
		name, value, _ := strings.Cut(header, ": ")
		if IsMaskedHeader(name, value) != want {
			t.Errorf("%s: %v", header, !want)
		}
	}
}
