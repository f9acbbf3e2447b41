package console

import (
	"strings"

	"github.com/fatih/color"
)

// Palette colors text by its meaning. Every method returns its text unchanged when
// the palette is off, and an empty text always stays empty. The zero Palette is off.
// Colored text must not be colored again: the end of the inner color would end the
// outer one too.
type Palette struct {
	styles []style // indexed by meaning; nil is off
}

// style is the pair of codes that go around a text.
type style struct{ before, after string }

type meaning int

const (
	object meaning = iota
	event
	value
	ok
	finding
	warning
	drift
	failure
	dim
	strong
	jsonKey
	jsonString
	jsonNumber
	jsonLiteral
	meanings // how many there are
)

// NewPalette returns a palette that is on or off.
func NewPalette(enabled bool) Palette {
	if !enabled {
		return Palette{}
	}
	styles := make([]style, meanings)
	styles[object] = newStyle(color.FgCyan)
	styles[event] = newStyle(color.FgMagenta)
	styles[value] = newStyle(color.FgHiBlue)
	styles[ok] = newStyle(color.FgGreen)
	styles[finding] = newStyle(color.FgRed)
	styles[warning] = newStyle(color.FgYellow)
	styles[drift] = newStyle(color.FgHiMagenta)
	styles[failure] = newStyle(color.Bold, color.FgRed)
	styles[dim] = newStyle(color.Faint)
	styles[strong] = newStyle(color.Bold)
	styles[jsonKey] = newStyle(color.FgHiBlue)
	styles[jsonString] = newStyle(color.FgGreen)
	styles[jsonNumber] = newStyle(color.FgYellow)
	styles[jsonLiteral] = newStyle(color.FgMagenta)
	return Palette{styles: styles}
}

// newStyle gets the codes from the library once, so that coloring only joins strings.
// The instance is enabled explicitly, because the library itself decides by standard
// output alone.
func newStyle(attributes ...color.Attribute) style {
	instance := color.New(attributes...)
	instance.EnableColor()
	before, after, _ := strings.Cut(instance.Sprint("\x00"), "\x00")
	return style{before, after}
}

func (p Palette) style(m meaning) style {
	if p.styles == nil {
		return style{}
	}
	return p.styles[m]
}

func (p Palette) paint(m meaning, s string) string {
	if p.styles == nil || s == "" {
		return s
	}
	return p.styles[m].before + s + p.styles[m].after
}

// Enabled reports whether the palette is on.
func (p Palette) Enabled() bool { return p.styles != nil }

// Object is the object of an event.
func (p Palette) Object(s string) string { return p.paint(object, s) }

// Event is the name of an event.
func (p Palette) Event(s string) string { return p.paint(event, s) }

// Value is a detail, such as a prop and its value.
func (p Palette) Value(s string) string { return p.paint(value, s) }

// OK is a success.
func (p Palette) OK(s string) string { return p.paint(ok, s) }

// Finding is an error in checked data.
func (p Palette) Finding(s string) string { return p.paint(finding, s) }

// Warning is something unusual that is not an error.
func (p Palette) Warning(s string) string { return p.paint(warning, s) }

// Drift is a difference from what was captured before.
func (p Palette) Drift(s string) string { return p.paint(drift, s) }

// Failure is something that the program could not do.
func (p Palette) Failure(s string) string { return p.paint(failure, s) }

// Dim is secondary text.
func (p Palette) Dim(s string) string { return p.paint(dim, s) }

// Strong is emphasized text.
func (p Palette) Strong(s string) string { return p.paint(strong, s) }
