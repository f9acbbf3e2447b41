package audit

import (
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func TestContradiction(t *testing.T) {
	for body, want := range map[string]string{
		"":                           "",
		"ok":                         "",
		"<p>OK</p>":                  "",
		`{"ok":true}`:                "",
		`{"error":null,"errors":[]}`: "",
		`{"error":false}`:            "",
		`{"ok":"false"}`:             "",
		`["error",{"ok":true}]`:      "",
		`{"ok":true,"error":{}}`:     "",
		`{"error":"none","errors":"None ","success":1}`: "",
		`{"errors":0,"error":"","status":"ok"}`:         "",
		`{"status":200,"success":"no","error":[]}`:      "",
		`{"data":{"error":"x"}}`:                        "",
		"<?xml version=\"1.0\"?><event/>":               "",
		"<!-- <html> ":                                  "",
		`{"ok":false`:                                   "",
		"\ufeff <!doctype HTML><p>":                     "an HTML page",
		"<html><title>\n Sign\n in</title>":             `the HTML page "Sign in"`,
		"<html><title>İ</title>":                        "an HTML page",
		`{"ok":false}`:                                  `the body {"ok": false}`,
		`{"success":false}`:                             `the body {"success": false}`,
		`{"error":"no hook"}`:                           "the error no hook",
		`{"error":{"code":7}}`:                          `the error {"code":7}`,
		`{"error":true,"message":"x"}`:                  "the error true",
		`{"error":1}`:                                   "the error 1",
		`{"errors":[{"message":"x"}]}`:                  `the error [{"message":"x"}]`,
		`{"status":"Error","message":"x"}`:              `the body {"status": "Error"}`,
		`{"status":"fail","data":{}}`:                   `the body {"status": "fail"}`,
		`{"success":0}`:                                 `the body {"success": 0}`,
		` [{"ok":true},{"error":"x"}]`:                  "the error x",
		"\ufeff{\"ok\":false}":                          `the body {"ok": false}`,
		"<!-- x --><!-- y -->\n<html>":                  "an HTML page",
		" \ufeff<?xml version=\"1.0\"?>\n<!DOCTYPE html><title>Sign in</title>": `the HTML page "Sign in"`,
	} {
		got := ""
		if c := findContradiction([]byte(body)); c != nil {
			got = c.describe(payload.Short)
		}
		if got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}
