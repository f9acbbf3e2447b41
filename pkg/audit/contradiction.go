package audit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// contradiction is what in the body of a 2xx response says that the event was not accepted.
type contradiction struct {
	format string // of a text that says what it is
	text   string // the endpoint's own words in that text; "" when it has none
}

// findContradiction returns nil when the body has none. A page is what a sign-in, an error handler or a
// single-page application returns for any request; some APIs return 200 and put the failure into the
// body.
func findContradiction(body []byte) *contradiction {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if isPage(body) {
		if title := pageTitle(body); title != "" {
			return &contradiction{"the HTML page %q", title}
		}
		return &contradiction{format: "an HTML page"}
	}
	if len(body) == 0 || body[0] != '{' || !gjson.ValidBytes(body) {
		return nil
	}
	document := gjson.ParseBytes(body)
	for _, name := range []string{"ok", "success", "accepted"} {
		if document.Get(name).Type == gjson.False {
			return &contradiction{format: fmt.Sprintf("the body {%q: false}", name)}
		}
	}
	if e := document.Get("error"); e.Type == gjson.String && e.Str != "" || e.IsObject() {
		return &contradiction{"the error %s", e.String()}
	}
	return nil
}

// describe says what it is, with the endpoint's own words as brief returns them.
func (c contradiction) describe(brief func(string) string) string {
	if c.text == "" {
		return c.format
	}
	return fmt.Sprintf(c.format, brief(c.text))
}

func isPage(body []byte) bool {
	start := bytes.ToLower(body[:min(len(body), 1<<10)])
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func pageTitle(body []byte) string {
	lower := bytes.ToLower(body)
	if len(lower) != len(body) {
		return "" // some letters change their length
	}
	start := bytes.Index(lower, []byte("<title>"))
	end := bytes.Index(lower, []byte("</title>"))
	if start < 0 || end < start {
		return ""
	}
	return strings.Join(strings.Fields(string(body[start+len("<title>"):end])), " ")
}

// firstLines returns the start of a response's body, to show, with secrets masked.
func (a attempt) firstLines(body []byte) string {
	const lines, size = 3, 300
	text := strings.TrimSpace(strings.ToValidUTF8(a.masked(string(body)), "\ufffd"))
	shown := strings.ToValidUTF8(text[:min(len(text), size)], "\ufffd")
	if parts := strings.SplitN(shown, "\n", lines+1); len(parts) > lines {
		shown = strings.Join(parts[:lines], "\n")
	}
	if shown != text {
		shown += "…"
	}
	return shown
}
