package audit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Contradictions says what an endpoint has not accepted although it responds with a 2xx. A page is what a
// sign-in, an error handler or a single-page application returns for any request; some APIs return 200
// and put the failure into the body.
const Contradictions = `A 2xx does not count as accepted if its body is an HTML page, or JSON, an object or a list of them, in which ok, success
or accepted is false or 0, status is error, fail or failed, or error or errors is anything but none, false,
null, 0 or empty.`

// contradiction is what in the body of a 2xx response says that the event was not accepted.
type contradiction struct {
	format string // of a text that says what it is
	text   string // the endpoint's own words in that text; "" when it has none
}

// findContradiction returns nil when the body has none.
func findContradiction(body []byte) *contradiction {
	body = withoutProlog(body)
	if isPage(body) {
		if title := pageTitle(body); title != "" {
			return &contradiction{"the HTML page %q", title}
		}
		return &contradiction{format: "an HTML page"}
	}
	if len(body) == 0 || body[0] != '{' && body[0] != '[' || !gjson.ValidBytes(body) {
		return nil
	}
	var found *contradiction
	document := gjson.ParseBytes(body)
	if document.IsObject() {
		return contradictionIn(document)
	}
	document.ForEach(func(_, element gjson.Result) bool {
		if element.IsObject() {
			found = contradictionIn(element)
		}
		return found == nil
	})
	return found
}

func contradictionIn(object gjson.Result) *contradiction {
	for _, name := range []string{"ok", "success", "accepted"} {
		if v := object.Get(name); v.Type == gjson.False || v.Type == gjson.Number && v.Num == 0 {
			return &contradiction{format: fmt.Sprintf("the body {%q: %s}", name, v.Raw)}
		}
	}
	for _, name := range []string{"error", "errors"} {
		if v := object.Get(name); !saysNothing(v) {
			return &contradiction{"the error %s", v.String()}
		}
	}
	if v := object.Get("status"); v.Type == gjson.String && slices.Contains([]string{"error", "fail", "failed"}, strings.ToLower(v.Str)) {
		return &contradiction{format: fmt.Sprintf("the body {\"status\": %q}", v.Str)}
	}
	return nil
}

// saysNothing reports whether a value stands for no error.
func saysNothing(v gjson.Result) bool {
	switch v.Type {
	case gjson.True:
		return false
	case gjson.Number:
		return v.Num == 0
	case gjson.String:
		text := strings.TrimSpace(v.Str)
		return text == "" || strings.EqualFold(text, "none")
	case gjson.JSON:
		empty := true
		v.ForEach(func(_, _ gjson.Result) bool {
			empty = false
			return false
		})
		return empty
	}
	return true // null, false, or not there
}

// describe says what it is, with the endpoint's own words as brief returns them.
func (c contradiction) describe(brief func(string) string) string {
	if c.text == "" {
		return c.format
	}
	return fmt.Sprintf(c.format, brief(c.text))
}

// withoutProlog returns a body without what may stand before a page: space, a byte order mark, an XML
// declaration and comments.
func withoutProlog(body []byte) []byte {
	for {
		body = bytes.TrimLeft(body, " \t\r\n\f\ufeff")
		end := ""
		switch {
		case bytes.HasPrefix(body, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(body, []byte("<?xml")):
			end = "?>"
		}
		_, rest, found := bytes.Cut(body, []byte(end))
		if end == "" || !found {
			return body
		}
		body = rest
	}
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
