package apizee

import (
	"slices"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

const (
	// Error breaks the documented contract.
	Error Severity = "error"
	// Warning is something that the contract does not know, or an oddity that
	// it allows.
	Warning Severity = "warning"
)

// Finding is one difference between a request and the contract.
type Finding struct {
	Severity Severity `json:"severity"`
	// Path is where: a field or prop such as "props.geoloc.lat", a header's
	// name, "method", or "" for the body as a whole.
	Path string `json:"path"`
	// Message says what is wrong.
	Message string `json:"message"`
	// Documented are the values that the contract knows at this place.
	Documented []string `json:"documented,omitempty"`
	// Suggestion is the nearest documented value, when one is close, or where a prop
	// belongs that stands elsewhere.
	Suggestion string `json:"suggestion,omitempty"`
	// Offset is the byte offset in the body; 0 for a header.
	Offset int `json:"-"`
}

// String is the finding on one line: where, what, and what was meant. What a
// sender wrote is in it as it came, so a terminal needs it made safe.
func (f Finding) String() string {
	var b strings.Builder
	if f.Path != "" {
		b.WriteString(f.Path)
		b.WriteString(": ")
	}
	b.WriteString(f.Advice())
	return b.String()
}

// Advice is the finding without its place: what is wrong and what was meant.
func (f Finding) Advice() string {
	switch {
	case f.Suggestion != "":
		return f.Message + Suggest(f.Suggestion)
	case len(f.Documented) > 0:
		return f.Message + "; documented: " + strings.Join(f.Documented, ", ")
	}
	return f.Message
}

// HasError tells whether any of the findings breaks the contract.
func HasError(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// quote puts a received word in quotes and keeps it short enough to read. It
// changes none of its characters.
func quote(s string) string { return `"` + clip(s, 60) + `"` }

// clip keeps at most so many characters of a received text.
func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
