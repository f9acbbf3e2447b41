package console

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// ellipsis is the end of a truncated text. It is one column wide.
const ellipsis = "…"

// measure counts columns independently of the locale.
func measure() *runewidth.Condition {
	return &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}
}

// Columns is the width of s in terminal columns: two for an East Asian wide
// rune or an emoji, none for a combining mark. It counts plain text, without
// color codes.
func Columns(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return measure().StringWidth(s)
}

// isPlain reports whether each byte of s is one column wide, as in most texts.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Cut truncates s to at most width columns, the last of them "…". A width of 0 or
// less is unlimited, as in the result of Width. Like Pad and Wrap it expects escaped
// text without color codes.
func Cut(s string, width int) string {
	if width <= 0 || len(s) <= width && isPlain(s) {
		return s
	}
	return measure().Truncate(s, width, ellipsis)
}

// Pad adds spaces to s up to width columns. A longer s is unchanged.
func Pad(s string, width int) string { return measure().FillRight(s, width) }

// Wrap breaks s between its words into lines of at most width columns, at
// least one line. A word that is longer than a line is broken. Runs of spaces
// become one. A width of 0 or less is unlimited.
func Wrap(s string, width int) []string {
	if width <= 0 {
		return []string{s}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		for _, part := range breakWord(word, width) {
			columns := Columns(part)
			switch {
			case line == "":
				line, used = part, columns
			case used+1+columns <= width:
				line, used = line+" "+part, used+1+columns
			default:
				lines = append(lines, line)
				line, used = part, columns
			}
		}
	}
	return append(lines, line)
}

// Flow joins pieces with spaces, and begins a new line, indented by indent columns, when
// the next one would exceed width. A width of 0 or less is unlimited.
func Flow(pieces []Cell, width, indent int) string {
	var text strings.Builder
	used := 0
	for _, piece := range pieces {
		columns := Columns(piece.Text)
		switch {
		case used == 0:
		case width > 0 && used+1+columns > width:
			text.WriteString("\n" + strings.Repeat(" ", indent))
			used = indent
		default:
			text.WriteByte(' ')
			used++
		}
		text.WriteString(painted(piece.Paint, piece.Text))
		used += columns
	}
	return text.String()
}

// breakWord breaks a word into parts of at most width columns. A single glyph that is
// wider becomes an ellipsis.
func breakWord(word string, width int) []string {
	var parts []string
	for part := range strings.SplitSeq(measure().Wrap(word, width), "\n") {
		if part != "" {
			parts = append(parts, Cut(part, width))
		}
	}
	return parts
}

// Fit wraps an indented text at the width of the terminal. Text that fits is unchanged,
// and so is any text when columns is 0.
func Fit(text string, columns, indent int) []string {
	width := columns - indent
	if columns <= 0 || Columns(text) <= width {
		return []string{text}
	}
	lead := text[:len(text)-len(strings.TrimLeft(text, " "))]
	lines := Wrap(text, max(width-len(lead), 1))
	for i := range lines {
		lines[i] = lead + lines[i]
	}
	return lines
}
