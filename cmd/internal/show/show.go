// Package show formats events, findings, deliveries and received requests: as text for people, and as
// JSON or CSV for programs.
//
// Each output is a printer, with methods for the start, each item and the summary. A printer turns data
// into bytes and the caller writes them, so that all output can be compared with golden files. The
// package must not know how commands run, their flags or their streams; it names a flag where that is
// the next step.
//
// Three rules apply to every form: untrusted text is made safe before it is colored; secrets are masked
// unless Style says otherwise; a form for programs is the same on a terminal and in a pipe.
package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Form is an output format, as the flag -o names it.
type Form string

// The forms for people are Text for deliveries and checks, and Line and Pretty for received requests.
const (
	Text   Form = "text"
	Line   Form = "line"
	Pretty Form = "pretty"
	JSON   Form = "json"
	CSV    Form = "csv"
)

// ForPrograms reports whether a form is for programs: it then has items only, and everything else is
// printed to standard error.
func (f Form) ForPrograms() bool { return f == JSON || f == CSV }

// Printer shows items of one kind in one form. Each method appends to dst.
type Printer[Item, Summary any] interface {
	Begin(dst []byte) []byte
	Item(dst []byte, item Item) []byte
	End(dst []byte, sum Summary) []byte
}

// silent shows nothing. A printer that embeds it defines only the methods it needs.
type silent[Item, Summary any] struct{}

func (silent[Item, Summary]) Begin(dst []byte) []byte          { return dst }
func (silent[Item, Summary]) Item(dst []byte, _ Item) []byte   { return dst }
func (silent[Item, Summary]) End(dst []byte, _ Summary) []byte { return dst }

// jsonLines shows each item as one JSON object on a line of its own.
type jsonLines[Item, Summary any] struct {
	silent[Item, Summary]
	object func(Item) any
}

func (p jsonLines[Item, Summary]) Item(dst []byte, item Item) []byte {
	return AppendJSONLine(dst, p.object(item))
}

// printerOf returns a printer that shows items as JSON, not at all when quiet, or as text.
func printerOf[Item, Summary any](form Form, quiet bool, object func(Item) any, text Printer[Item, Summary]) Printer[Item, Summary] {
	switch {
	case form == JSON:
		return jsonLines[Item, Summary]{object: object}
	case quiet:
		return silent[Item, Summary]{}
	}
	return text
}

// AppendJSONLine adds a value as one line of JSON. The value must be valid for JSON: texts, numbers and
// valid JSON. <, > and & are not escaped.
func AppendJSONLine(dst []byte, value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return append(dst, console.SafeJSON(text.Bytes())...)
}

// milliseconds returns a duration as programs get it.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// instant returns a time as programs get it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Style is the style of all output: the user's choice and the terminal's abilities.
type Style struct {
	Palette console.Palette
	Width   func() int      // of the terminal in columns; 0, and nil, is unlimited
	Secrets bool            // show secrets
	Known   *redact.Secrets // to mask in untrusted text; nil is none
	Quiet   bool            // no output except for programs
	Verbose bool            // more about each item
}

func (s Style) width() int {
	if s.Width == nil {
		return 0
	}
	return s.Width()
}

// path returns a path and query, with secrets masked.
func (s Style) path(path string) string {
	if s.Secrets {
		return path
	}
	return redact.URL(s.hide(path))
}

// hide masks the known secrets in a text.
func (s Style) hide(text string) string {
	if s.Secrets || s.Known.IsEmpty() {
		return text
	}
	return s.Known.Mask(text)
}

// mask masks the secrets in headers, and the values of those named in also.
func (s Style) mask(headers http.Header, also ...string) http.Header {
	if s.Secrets {
		return headers
	}
	masked := headers.Clone()
	for name, values := range masked {
		for i, value := range values {
			values[i] = redact.Header(name, s.hide(value), also...)
		}
	}
	return masked
}

// dim adds a less important line.
func (s Style) dim(dst []byte, indent int, text string) []byte {
	return append(append(console.AppendSpaces(dst, indent), s.Palette.Dim(console.Safe(text))...), '\n')
}

// headers adds each header on a line, sorted by name.
func (s Style) headers(dst []byte, indent int, headers http.Header) []byte {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			dst = s.dim(dst, indent, name+": "+value)
		}
	}
	return dst
}

// Count returns a number of things, colored unless it is zero.
func Count(paint func(string) string, n int, what string) console.Cell {
	cell := console.Cell{Text: fmt.Sprintf("%d %s", n, what)}
	if n > 0 {
		cell.Paint = paint
	}
	return cell
}
