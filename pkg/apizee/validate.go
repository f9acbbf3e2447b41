package apizee

import (
	"fmt"
	"slices"
	"strings"
)

// Report is what Validate read of a body and what it found in it.
type Report struct {
	Event    Event
	Findings []Finding
}

// OK reports whether the body is valid; it may have warnings.
func (r Report) OK() bool { return !HasError(r.Findings) }

// Validate checks a body against the documented contract. Any bytes are accepted,
// and everything wrong with them is a finding. A syntax error ends the reading, so it
// is the last finding. The report shares no memory with body.
func (c *Catalog) Validate(body []byte) Report { return c.ValidateText(string(body)) }

// ValidateText is Validate for a body that is a string. The report keeps parts of it.
func (c *Catalog) ValidateText(text string) Report { return c.ValidateAt(text, 1, 1) }

// ValidateAt is ValidateText for a text in a file, where it begins at a line and a column, in bytes from 1.
func (c *Catalog) ValidateAt(text string, line, column int) Report {
	r := c.newReader()
	defer c.release(r)
	value, err := r.read(text)
	v := validator{catalog: c, text: text, line: line, column: column, nodes: r.nodes}
	switch {
	case err == nil && text[value.start] != '{':
		v.add(Error, "", 0, "the body "+mustBe("a JSON object", text[value.start:value.end]))
	case strings.TrimSpace(v.text) == "":
		v.add(Error, "", 0, "the body is empty; a JSON event is documented")
	default:
		v.checkFields(err == nil)
		v.summarizeUnknown()
		if err != nil {
			v.syntax(err)
		}
	}
	return v.report
}

type validator struct {
	catalog *Catalog
	text    string
	line    int // where it begins
	column  int
	nodes   []node
	object  *Object // nil when it is not documented
	report  Report
	lenient bool // what is checked is partly documented: an error is a warning
	// Whether props were spelled with an object in props, with a dot, and both
	// ways at once.
	nested, dotted, twice bool
	unknowns              int // undocumented names
}

// subject is the field or the prop that a value belongs to. Its path and its name
// are built only for a finding.
type subject struct {
	field  string // "time"; "" for a prop
	object *Object
	prop   *Prop
}

func (s subject) path() string {
	if s.prop == nil {
		return s.field
	}
	return "props." + s.prop.Path
}

// noun is the subject without an article, such as "ticket state".
func (s subject) noun() string { return s.object.Name + " " + s.prop.Path }

// longestPath is the most characters of a path made of received names.
const longestPath = 120

func (v *validator) add(s Severity, path string, offset int, message string) {
	v.suggest(s, path, offset, message, "", nil)
}

// word adds a finding about an undocumented word, with the nearest documented one.
func (v *validator) word(s Severity, path string, offset int, message, got string, documented []string) {
	v.suggest(s, path, offset, message, Nearest(got, documented), documented)
}

// suggest adds a finding with a suggestion, which may be "".
func (v *validator) suggest(s Severity, path string, offset int, message, suggestion string, documented []string) {
	if v.lenient {
		s = Warning
	}
	v.report.Findings = append(v.report.Findings, Finding{
		Severity: s, Path: Clip(path, longestPath), Message: message, Offset: offset,
		Documented: slices.Clone(documented), Suggestion: suggestion,
	})
}

// mostUnknown is the most findings about the undocumented names of one body.
const mostUnknown = 50

// unknown adds a warning about an undocumented name.
func (v *validator) unknown(path string, m *member, message, suggestion string, documented []string) {
	if v.unknowns++; v.unknowns <= mostUnknown {
		v.suggest(Warning, path, m.offset, message, suggestion, documented)
	}
}

func (v *validator) summarizeUnknown() {
	if more := v.unknowns - mostUnknown; more > 0 {
		v.add(Warning, "", 0, fmt.Sprintf("%d more names are not documented", more))
	}
}
