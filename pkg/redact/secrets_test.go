package redact

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSecretsMask(t *testing.T) {
	var s Secrets
	s.Add("abc", `pä"ss/w<rd>&+ b`, "hunter2", "hunter2hunter2")
	s.AddHeader("Authorization", "Bearer b3ar3r")
	s.AddHeader("X-Api-Key", "s3cretKEY+abc/9876==")
	s.AddHeader("Cookie", "sid=abcdef123456; theme=dark")
	s.AddHeader("Proxy-Authorization", "Basic dXNlcjpodW50NQ==")
	s.Add("hunter2/Xy7LONGPART+z", "emoji😀x99", "tab\there99", strings.Repeat("a+", 1<<20))
	s.AddHeader("X-Team", "blueteam")
	s.AddURLText("http://m%40e:p%2Fw34@h/")
	s.AddURLText("http://tok3n@h/")
	s.AddURL(&url.URL{Scheme: "http", Host: "h", User: url.UserPassword("me", "pw12"), RawQuery: "token=q+r%26s"})
	for text, want := range map[string]string{
		"abc hunter2":                                 "abc ****",
		"hunter2hunter2!":                             "****!",
		`raw pä"ss/w<rd>&+ b`:                         "raw ****",
		`{"a":"pä\"ss/w<rd>&+ b"}`:                    `{"a":"****"}`,
		`{"a":"pä\"ss\/w<rd>&+ b"}`:                   `{"a":"****"}`,
		`{"a":"pä\"ss/w\u003crd\u003e\u0026+ b"}`:     `{"a":"****"}`,
		`{"a":"p\u00e4\"ss\/w<rd>&+ b"}`:              `{"a":"****"}`,
		"p%C3%A4%22ss%2Fw%3Crd%3E%26%2B+b":            "****",
		"pä&#34;ss/w&lt;rd&gt;&amp;+ b":               "****",
		"pä&quot;ss/w&lt;rd&gt;&amp;+ b":              "****",
		"Bearer b3ar3r, b3ar3r, blueteam":             "****, ****, blueteam",
		"Basic bWU6cHcxMg== pw12":                     "Basic **** ****",
		"Basic bUBlOnAvdzM0 dG9rM246 tok3n m@e:p/w34": "Basic **** **** **** m@e:****",
		"q+r%26s":                                      "****",
		`{"a":"s3cretKEY+abc/9876\u003d\u003d"}`:       `{"a":"****"}`,
		"s3cretKEY&#43;abc/9876&#x3D;&#x3D;":           "****",
		`{"session":"abcdef123456","theme":"dark"}`:    `{"session":"****","theme":"dark"}`,
		"user:hunt5":                                   "user:****",
		`cut: s3cretKEY\u002babc/98…`:                  "cut: ****…",
		`cut: s3cretKEY%2…`:                            "cut: ****…",
		`cut: s3cretKEY+abc\…`:                         "cut: ****…",
		`cut: s3cretKEY\u00…`:                          "cut: ****…",
		"cut: s3cretKEY&#4…":                           "cut: ****…",
		`hunter2\/Xy7LONGPART+z hunter2%2FXy7LONGPART`: "**** ****%2FXy7LONGPART",
		`emoji\U0001f600x99 tab\there99`:               "**** ****",
		`{"a":"{\"b\":\"pä\\\"ss\\/w<rd>&+ b\"}"}`:     `{"a":"{\"b\":\"****\"}"}`,
		"%2522p%25C3%25A4%2522ss%252Fw%253Crd%253E%2526%252B%2Bb hunter%252F2": "%2522**** hunter%252F2",
		`twice cut: s3cretKEY\\u002babc\\…`:                                    "twice cut: ****…",
		"cut: hunt…":                                                           "cut: ****…",
		"cut: hun…":                                                            "cut: hun…",
		"not cut: hunt":                                                        "not cut: hunt",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
	if got := new(Secrets).Mask("hunter2"); got != "hunter2" {
		t.Error(got)
	}
}

// Secrets have no limit in length or number.
func TestManySecrets(t *testing.T) {
	var s Secrets
	for n := range 100 {
		s.Add(strings.Repeat("+=", 1000) + string(rune('a'+n%26)) + string(rune('a'+n/26)))
	}
	s.Add("hunter/2")
	if got := s.Mask(`hunter\/2 and hunter%2…`); got != "**** and ****…" {
		t.Error(got)
	}
}

// FuzzSecrets checks that nothing of a secret remains, escaped in any of the usual ways.
func FuzzSecrets(f *testing.F) {
	for _, s := range []string{"hunter2", `p"a\ss`, "<&'>", "a+b c%41", "\\u0041bc", "é😀 &amp;", "a\tb\nc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		if len(secret) < minLength || !utf8.ValidString(secret) || strings.ContainsFunc(secret, unicode.IsControl) {
			return
		}
		var s Secrets
		s.Add(secret)
		quoted, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, escaped := range []string{secret, string(quoted[1 : len(quoted)-1]), html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret)} {
			// Around it is what no secret here has: "<<<<" in "<<<<<>" begins in two places.
			if got := s.Mask("\n" + escaped + "\n"); got != "\n"+Masked+"\n" {
				t.Errorf("%q as %q became %q", secret, escaped, got)
			}
		}
	})
}
