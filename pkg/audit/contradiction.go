package audit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// contradiction returns what in the body of a 2xx response says that the event was not accepted, or
// "". A page is what a sign-in, an error handler or a single-page application returns for any
// request; some APIs return 200 and put the failure into the body.
func contradiction(r deliver.Result) string {
	body := bytes.TrimSpace(bytes.TrimPrefix(r.Body, []byte("\ufeff")))
	if isPage(body) {
		if title := pageTitle(body); title != "" {
			return fmt.Sprintf("the HTML page %q", brief(title))
		}
		return "an HTML page"
	}
	if len(body) == 0 || body[0] != '{' || !gjson.ValidBytes(body) {
		return ""
	}
	document := gjson.ParseBytes(body)
	for _, name := range []string{"ok", "success", "accepted"} {
		if document.Get(name).Type == gjson.False {
			return fmt.Sprintf("the body {%q: false}", name)
		}
	}
	if e := document.Get("error"); e.Type == gjson.String && e.Str != "" || e.IsObject() {
		return fmt.Sprintf("the error %s", brief(e.String()))
	}
	return ""
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

// firstLines returns the start of a response's body, to show.
func firstLines(body []byte) string {
	const lines, size = 3, 300
	text := strings.TrimSpace(strings.ToValidUTF8(string(body[:min(len(body), size)]), "\ufffd"))
	parts := strings.SplitN(text, "\n", lines+1)
	more := len(parts) > lines || len(body) > size
	text = strings.Join(parts[:min(len(parts), lines)], "\n")
	if more {
		text += "…"
	}
	return text
}
