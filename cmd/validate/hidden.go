package validate

import (
	"net/http"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// hidden replaces the values of captured events in what is shown of them.
type hidden struct {
	catalog  *apizee.Catalog
	scrubber *redact.Scrubber
	replaced bool // a value in a finding
}

// findings returns the findings about the scrubbed event, which are the same about other values. Where
// they differ, they are shown without their messages.
func (h *hidden) findings(event cli.InputEvent, findings []apizee.Finding) []apizee.Finding {
	if !slices.ContainsFunc(findings, mayQuote) {
		return h.located(slices.Clone(findings), findings)
	}
	body, err := h.scrubber.JSON([]byte(event.Body()))
	if err != nil {
		return h.withoutValues(findings)
	}
	event.Text = string(body)
	if e := event.Entry; e != nil {
		event.Entry = &recording.Entry{Method: h.method(e.Method), Headers: h.headers(e.Headers), Body: body}
	}
	scrubbed := validateEvent(h.catalog, event).Findings
	if !slices.EqualFunc(scrubbed, findings, func(x, y apizee.Finding) bool { return x.Severity == y.Severity }) {
		return h.withoutValues(findings)
	}
	return h.located(scrubbed, findings)
}

// located returns findings at the places of others, with what is documented there.
func (h *hidden) located(findings, at []apizee.Finding) []apizee.Finding {
	for i := range findings {
		f := &findings[i]
		h.replaced = h.replaced || f.Message != at[i].Message
		f.Path, f.Offset = h.path(at[i].Path), at[i].Offset
		f.Documented, f.Suggestion = at[i].Documented, at[i].Suggestion
	}
	return findings
}

// event returns the scrubbed names and ID of an event.
func (h hidden) event(e apizee.Event) apizee.Event {
	shown := apizee.Event{Name: h.scrubber.Value("event", e.Name), Object: h.scrubber.Value("object", e.Object)}
	if id, err := h.scrubber.JSON([]byte(`{"objectId":` + e.ID + `}`)); err == nil {
		shown.ID = strings.TrimSuffix(strings.TrimPrefix(string(id), `{"objectId":`), "}")
	}
	return shown
}

// mayQuote reports whether the message of a finding may have a value. Most are about names.
func mayQuote(f apizee.Finding) bool {
	return f.Path == "Content-Encoding" || strings.ContainsAny(f.Message, `"0123456789`)
}

// method returns a method that HTTP defines; another one is a text of the sender.
func (h hidden) method(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return h.scrubber.Value("method", method)
}

func (h hidden) headers(headers map[string][]string) map[string][]string {
	scrubbed := map[string][]string{}
	for name, values := range headers {
		for _, value := range values {
			scrubbed[name] = append(scrubbed[name], h.scrubber.Header(name, value))
		}
	}
	return scrubbed
}

// withoutValues returns findings without what may quote a value.
func (h *hidden) withoutValues(findings []apizee.Finding) []apizee.Finding {
	safe := make([]apizee.Finding, len(findings))
	for i, f := range findings {
		safe[i] = apizee.Finding{Severity: f.Severity, Message: f.Message}
		if mayQuote(f) && !strings.HasPrefix(f.Message, "not JSON") { // which quotes one character at most
			safe[i].Message = "differs from the documentation; its value is not shown"
		}
	}
	return h.located(safe, findings)
}

// path returns a path whose name is replaced when it may be data. A name may have dots: only behind a
// documented group does another one begin. Findings about headers have their names.
func (h hidden) path(path string) string {
	switch path {
	case "", "Content-Type", "Content-Encoding", "User-Agent", "Origin":
		return path
	}
	before := ""
	for {
		group, _, found := strings.Cut(path[len(before):], ".")
		if group = before + group; !found || !h.isGroup(group) {
			break
		}
		before = group + "."
	}
	if !h.scrubber.KeepsName(strings.TrimSuffix(before, "."), path[len(before):]) {
		return before + "*"
	}
	return path
}

// isGroup reports whether documented props are within a path.
func (h hidden) isGroup(path string) bool {
	return slices.ContainsFunc(h.catalog.Objects, func(o apizee.Object) bool {
		return slices.ContainsFunc(o.Props, func(p apizee.Prop) bool { return strings.HasPrefix("props."+p.Path, path+".") })
	})
}
