package shape

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// version is that of the format of baselines.
const version = 1

// The annotations of a baseline. JSON Schema ignores names that it does not define.
const (
	xBaseline = "x-baseline" // the version
	xEvents   = "x-events"   // number of events
	xSince    = "x-since"    // time of the first event
	xUntil    = "x-until"    // and of the last
	xKind     = "x-kind"     // the documented words that events of a kind share
	xSeen     = "x-seen"     // how often a value was there, if not always
	xTypes    = "x-types"    // how often it had each type, if more than one
	xWords    = "x-words"    // documented words, beside other texts
	xFormats  = "x-formats"  // what the texts look like, if not any text
)

const about = "What captured events have in common. x-events: events of a kind; x-seen: how often an optional value was there; " +
	"x-types: how often it had each type; x-words and x-formats: documented words among its texts, and what the others look like. Made by apizee-hooks learn."

// Schema returns the baseline as a JSON Schema (2020-12) with counts as annotations, that each
// of its events is valid against. A value without members is on one line, so that the
// differences between two versions can be reviewed.
func (b *Baseline) Schema() []byte {
	w := writer{}
	w.open("{")
	w.text("$schema", "https://json-schema.org/draft/2020-12/schema")
	w.text("title", "Baseline of Apizee events")
	w.text("description", about)
	w.number(xBaseline, version)
	w.number(xEvents, b.Events)
	if !b.Since.IsZero() {
		w.text(xSince, b.Since.UTC().Format(time.RFC3339))
		w.text(xUntil, b.Until.UTC().Format(time.RFC3339))
	}
	w.name("anyOf")
	w.open("[")
	for _, s := range b.Kinds() {
		w.element()
		w.shape(s)
	}
	w.close("]")
	w.close("}")
	return append(w.out.Bytes(), '\n')
}

// writer writes indented JSON; what is inside of inline is on one line.
type writer struct {
	out    bytes.Buffer
	depth  int
	inline bool
	begun  bool // the current object or array has an element
}

func (w *writer) open(bracket string) {
	w.out.WriteString(bracket)
	w.depth++
	w.begun = false
}

func (w *writer) close(bracket string) {
	w.depth--
	if w.begun && !w.inline {
		w.line()
	}
	w.out.WriteString(bracket)
	w.begun = true
}

func (w *writer) line() {
	w.out.WriteByte('\n')
	for range w.depth {
		w.out.WriteString("  ")
	}
}

// element begins an element of an object or array.
func (w *writer) element() {
	if w.begun {
		w.out.WriteByte(',')
	}
	switch {
	case !w.inline:
		w.line()
	case w.begun:
		w.out.WriteByte(' ')
	}
	w.begun = true
}

func (w *writer) name(name string) {
	w.element()
	w.quote(name)
	w.out.WriteString(": ")
}

func (w *writer) quote(text string) {
	quoted, _ := jsontext.AppendQuote(nil, text) // invalid UTF-8 is replaced
	w.out.Write(quoted)
}

func (w *writer) text(name, text string) {
	w.name(name)
	w.quote(text)
}

func (w *writer) number(name string, n int) {
	w.name(name)
	w.out.WriteString(strconv.Itoa(n))
}

// texts writes a list on one line.
func (w *writer) texts(name string, texts []string, last ...string) {
	w.name(name)
	w.out.WriteByte('[')
	for i, text := range texts {
		if i > 0 {
			w.out.WriteString(", ")
		}
		w.quote(text)
	}
	for _, json := range last {
		w.out.WriteString(", " + json)
	}
	w.out.WriteByte(']')
}

func (w *writer) shape(s *Shape) {
	w.open("{")
	w.text("title", s.Kind.String())
	w.name(xKind)
	w.inline = true
	w.open("{")
	for _, part := range [][2]string{{"object", s.Kind.Object}, {"event", s.Kind.Event}, {"word", s.Kind.Word}} {
		if name, word := part[0], part[1]; word != "" {
			w.text(name, word)
		}
	}
	w.close("}")
	w.inline = false
	w.number(xEvents, s.Events)
	w.constraints(s.Root)
	w.inner(s.Root)
	w.close("}")
}

// field writes a value that was there in some or all of the given number of cases.
func (w *writer) field(f *Field, of int) {
	outermost := !w.inline && f.Members == nil && f.Others == nil && f.Items == nil
	if outermost {
		w.inline = true
	}
	w.open("{")
	w.constraints(f)
	if f.Seen != of {
		w.number(xSeen, f.Seen)
	}
	w.inner(f)
	w.close("}")
	if outermost {
		w.inline = false
	}
}

// constraints writes what holds for the value itself.
func (w *writer) constraints(f *Field) {
	types := f.schemaTypes()
	if len(types) == 1 {
		w.text("type", types[0])
	} else {
		w.texts("type", types)
	}
	w.counts(f)
	w.forms(f)
	if f.Range != nil {
		w.name("minimum")
		w.out.WriteString(strconv.FormatFloat(f.Range.Min, 'g', -1, 64))
		w.name("maximum")
		w.out.WriteString(strconv.FormatFloat(f.Range.Max, 'g', -1, 64))
	}
}

// counts writes how often the value had each type.
func (w *writer) counts(f *Field) {
	if f.numberOfTypes() < 2 {
		return
	}
	inline := w.inline
	w.name(xTypes)
	w.inline = true
	w.open("{")
	for t, n := range f.Types {
		if n > 0 {
			w.number(Type(t).String(), n)
		}
	}
	w.close("}")
	w.inline = inline
}

// forms writes the words and the formats of the texts. A free text has neither.
func (w *writer) forms(f *Field) {
	switch {
	case f.isEnum() && f.Types[Null] > 0:
		w.texts("enum", f.Words, "null")
	case f.isEnum():
		w.texts("enum", f.Words)
	case len(f.Words) > 0:
		w.texts(xWords, f.Words)
	}
	if f.Texts != 0 && (f.Texts != anyText || len(f.Words) > 0) {
		w.texts(xFormats, f.Texts.names())
	}
}

// isEnum reports whether the words can be written as an enumeration.
func (f *Field) isEnum() bool {
	return f.onlyWords() && f.Types[Text]+f.Types[Null] == f.Seen
}

// inner writes the members and the items.
func (w *writer) inner(f *Field) {
	members := f.sorted()
	var required []string
	for _, m := range members {
		if f.isRequired(m) {
			required = append(required, m.Name)
		}
	}
	if required != nil {
		w.texts("required", required)
	}
	if members != nil {
		w.name("properties")
		w.open("{")
		for _, m := range members {
			w.name(m.Name)
			w.field(m, f.Types[Object])
		}
		w.close("}")
	}
	if f.Others != nil {
		w.name("additionalProperties")
		w.field(f.Others, -1)
	}
	if f.Items != nil {
		w.name("items")
		w.field(f.Items, -1)
	}
}

// schemaTypes returns the types as JSON Schema has them: a number may be an integer.
func (f *Field) schemaTypes() []string {
	var types []string
	for t, n := range f.Types {
		if n > 0 && !(Type(t) == Integer && f.Types[Number] > 0) {
			types = append(types, Type(t).String())
		}
	}
	return types
}

func (f *Field) numberOfTypes() int {
	return len(slices.DeleteFunc(slices.Clone(f.Types[:]), func(n int) bool { return n == 0 }))
}
