// Package show is how an event, a finding, a delivery and a received request look, each in
// one place: as text for people, and as JSON or CSV for programs.
//
// What a command shows is a printer: what stands before the first item, each item, what
// sums them up. A printer turns data into bytes; whoever has it writes them, so that all
// that is shown can be held against a golden file. The package must not know how commands
// run, their flags or their streams; it names a flag where that is what to do next.
//
// Three rules hold in every form: what came from elsewhere is made safe before it is
// painted; secrets are masked unless Style says otherwise; a form for programs is the same
// on a terminal and in a pipe.
package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Form is a form in which something can be shown, as the flag -o names it.
type Form string

// The forms. Text is for deliveries and checks, what Line and Pretty are for received
// requests.
const (
	Text   Form = "text"
	Line   Form = "line"
	Pretty Form = "pretty"
	JSON   Form = "json"
	CSV    Form = "csv"
)

// ForPrograms says whether a form is read by programs: it then holds items and nothing
// else, and what is to be said besides goes to standard error.
func (f Form) ForPrograms() bool { return f == JSON || f == CSV }

// Printer shows items of one kind in one form. Each method appends to dst.
type Printer[Item, Summary any] interface {
	Begin(dst []byte) []byte
	Item(dst []byte, item Item) []byte
	End(dst []byte, sum Summary) []byte
}

// silent shows nothing. A printer that embeds it says only what it has to say.
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

// AppendJSONLine adds a value that holds nothing JSON cannot: texts, numbers, and JSON
// that was found valid. <, > and & stay what they are.
func AppendJSONLine(dst []byte, value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return append(dst, console.SafeJSON(text.Bytes())...)
}

// milliseconds is how a time is written for programs.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// instant is how a point in time is written for programs.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Style is what the user wants and the terminal can, whatever is shown.
type Style struct {
	Palette console.Palette
	Width   func() int      // of the terminal in columns; 0, and nil, is unlimited
	Secrets bool            // are shown
	Known   *redact.Secrets // wherever they stand in what came from elsewhere; nil is none
	Quiet   bool            // nothing but what programs read
	Verbose bool            // more about each item
}

func (s Style) width() int {
	if s.Width == nil {
		return 0
	}
	return s.Width()
}

func (s Style) url(u *url.URL) string { return deliver.ShowURL(u, s.Secrets) }

// path is a path with its query, which may hold secrets.
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

// mask hides what is secret in headers: by its name, or for being one of also.
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

// dim adds a line that the eye may skip.
func (s Style) dim(dst []byte, indent int, text string) []byte {
	return append(append(console.AppendSpaces(dst, indent), s.Palette.Dim(console.Safe(text))...), '\n')
}

// headers adds each header on a line, by their names.
func (s Style) headers(dst []byte, indent int, headers http.Header) []byte {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range headers[name] {
			dst = s.dim(dst, indent, name+": "+value)
		}
	}
	return dst
}

// Count is a number of things, painted unless it is zero.
func Count(paint func(string) string, n int, what string) console.Cell {
	cell := console.Cell{Text: fmt.Sprintf("%d %s", n, what)}
	if n > 0 {
		cell.Paint = paint
	}
	return cell
}
