package audit

import (
	"strings"
	"testing"
)

func TestContradiction(t *testing.T) {
	for body, want := range map[string]string{
		"":                                  "",
		"ok":                                "",
		"<p>OK</p>":                         "",
		`{"ok":true}`:                       "",
		`{"error":null,"errors":[]}`:        "",
		`{"error":false}`:                   "",
		`{"ok":"false"}`:                    "",
		`[{"ok":false}]`:                    "",
		`{"ok":false`:                       "",
		"\ufeff <!doctype HTML><p>":         "an HTML page",
		"<html><title>\n Sign\n in</title>": `the HTML page "Sign in"`,
		"<html><title>İ</title>":            "an HTML page",
		`{"ok":false}`:                      `the body {"ok": false}`,
		`{"success":false}`:                 `the body {"success": false}`,
		`{"error":"no hook"}`:               "the error no hook",
		`{"error":{"code":7}}`:              `the error {"code":7}`,
	} {
		got := ""
		if c := findContradiction([]byte(body)); c != nil {
			got = c.describe(brief)
		}
		if got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}

func TestFirstLines(t *testing.T) {
	for body, want := range map[string]string{
		"":                             "",
		" a\nb \n":                     "a\nb",
		"1\n2\n3\n4":                   "1\n2\n3…",
		strings.Repeat("x", 301):       strings.Repeat("x", 300) + "…",
		"caf\xe9":                      "caf\ufffd",
		strings.Repeat("x", 299) + "é": strings.Repeat("x", 299) + "\ufffd…",
	} {
		if got := (attempt{}).firstLines([]byte(body)); got != want {
			t.Errorf("%q: %q", body, got)
		}
	}
}
