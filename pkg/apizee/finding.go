package apizee

import (
	"slices"
	"strings"
)

// Severity says how bad a finding is.
type Severity string

const (
	// Error violates the documented contract.
	Error Severity = "error"
	// Warning is undocumented, or documented but unusual.
	Warning Severity = "warning"
)

// Finding is one difference between a request and the contract.
type Finding struct {
	Severity Severity `json:"severity" about:"error: violates the documented contract; warning: undocumented; breaking, drift or info: differs from a baseline"`
	// Path is the place: a field or prop such as "props.geoloc.lat", a header's
	// name, "method", or "" for the body as a whole.
	Path string `json:"path" about:"field or prop such as props.geoloc.lat, name of a header, method, or empty for the whole body"`
	// Message says what is wrong.
	Message string `json:"message"`
	// Documented are the documented values for this place.
	Documented []string `json:"documented,omitempty" about:"documented values"`
	// Suggestion is the nearest documented value, when one is close, or the right path
	// of a prop that is in the wrong place.
	Suggestion string `json:"suggestion,omitempty" about:"nearest documented value or path"`
	// Offset is the byte offset in the body; 0 for a header.
	Offset int `json:"-"`
}

// String is the finding on one line: path, message and suggestion. It contains
// received text as it is, which must be escaped before it is printed to a terminal.
func (f Finding) String() string {
	var b strings.Builder
	if f.Path != "" {
		b.WriteString(f.Path)
		b.WriteString(": ")
	}
	b.WriteString(f.Advice())
	return b.String()
}

// longestList is the most documented values that a message lists.
const longestList = 12

// Advice is the finding without its path: message and suggestion.
func (f Finding) Advice() string {
	switch {
	case f.Suggestion != "":
		return f.Message + Suggest(f.Suggestion)
	case len(f.Documented) > 0 && len(f.Documented) <= longestList:
		return f.Message + "; documented: " + strings.Join(f.Documented, ", ")
	}
	return f.Message
}

// HasError reports whether any of the findings is an error.
func HasError(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// quote puts a received word in quotes and cuts it to a readable length. It
// escapes nothing.
func quote(s string) string { return `"` + Clip(s, 60) + `"` }

// Clip cuts a text to at most the given number of characters.
func Clip(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
