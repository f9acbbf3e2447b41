package console

import (
	"io"
	"slices"
	"strings"
)

// gap is the number of spaces between two columns.
const gap = 2

// Cell is one text in a table. The table escapes the text, truncates it, and then
// colors it.
type Cell struct {
	Text  string
	Paint func(string) string // nil is no color
}

// Cells returns a row of texts with the same color; paint may be nil.
func Cells(paint func(string) string, texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i] = Cell{Text: text, Paint: paint}
	}
	return cells
}

// Marked returns the cell followed by a mark such as a comma, without color.
func (c Cell) Marked(mark string) Cell {
	return Cell{Text: c.Text + mark, Paint: func(string) string { return painted(c.Paint, c.Text) + mark }}
}

// Table lays out rows in columns as wide as their widest cell, two spaces
// apart. Rows may be of different lengths.
//
// If it is too wide, the last column is narrowed first, down to a third of the width,
// then the widest of the others. If the terminal is too narrow even for that, only the
// leftmost columns are shown. No line is wider than Width, and none ends with a space.
// With Wrap, only the last column is ever narrowed; if that is not enough, the texts of
// each row are written below each other.
type Table struct {
	Header []Cell // empty for none
	Rows   [][]Cell
	Width  int  // in columns, as of Width; 0 or less is unlimited
	Wrap   bool // wrap the last column rather than truncating it
}

// WriteTo writes the table in one piece.
func (t Table) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.render())
	return int64(n), err
}

func (t Table) render() string {
	rows := t.safeRows()
	widths := columnWidths(rows)
	if t.Width > 0 {
		whole := slices.Clone(widths)
		widths = fit(widths, t.Width)
		if last := len(whole) - 1; t.Wrap && last > 0 && !slices.Equal(widths[:min(len(widths), last)], whole[:last]) {
			return stack(rows[min(len(t.Header), 1):], t.Width)
		}
	}
	var out strings.Builder
	for _, row := range rows {
		t.writeRow(&out, row[:min(len(row), len(widths))], widths)
	}
	return out.String()
}

// stack writes the texts of each row below each other, indented from the second on.
func stack(rows [][]Cell, width int) string {
	const further = 4
	var out strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			text := strings.TrimLeft(cell.Text, " ")
			if text == "" {
				continue
			}
			indent := len(cell.Text) - len(text)
			if i > 0 {
				indent = len(row[0].Text) - len(strings.TrimLeft(row[0].Text, " ")) + further
			}
			indent = min(indent, width/3)
			for word := range strings.FieldsSeq(text) { // so that long names stay whole
				indent = max(min(indent, width-Columns(word)), 0)
			}
			for _, line := range Wrap(text, width-indent) {
				out.WriteString(strings.Repeat(" ", indent) + painted(cell.Paint, line) + "\n")
			}
		}
	}
	return out.String()
}

// safeRows is the header, if any, and the rows, escaped.
func (t Table) safeRows() [][]Cell {
	rows := make([][]Cell, 0, 1+len(t.Rows))
	if len(t.Header) > 0 {
		rows = append(rows, t.Header)
	}
	rows = append(rows, t.Rows...)
	for i, row := range rows {
		safe := make([]Cell, len(row))
		for j, cell := range row {
			safe[j] = Cell{Text: strings.TrimRight(Safe(cell.Text), " "), Paint: cell.Paint}
		}
		rows[i] = safe
	}
	return rows
}

func columnWidths(rows [][]Cell) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Columns(cell.Text))
		}
	}
	return widths
}

// fit narrows the columns until the table is at most limit wide, and omits those on
// the right that would not have one column of text.
func fit(widths []int, limit int) []int {
	most := max((limit+gap)/(1+gap), 1)
	widths = widths[:min(len(widths), most)]
	if len(widths) == 0 {
		return widths
	}
	over := gap*(len(widths)-1) - limit
	for _, width := range widths {
		over += width
	}
	last := &widths[len(widths)-1]
	give := min(max(over, 0), max(*last-max(limit/3, 1), 0))
	*last -= give
	for over -= give; over > 0; over-- {
		*widest(widths)--
	}
	return widths
}

func widest(widths []int) *int {
	found := &widths[0]
	for i := range widths {
		if widths[i] > *found {
			found = &widths[i]
		}
	}
	return found
}

// writeRow writes a row, and the other lines of its last column if that is wrapped.
func (t Table) writeRow(out *strings.Builder, row []Cell, widths []int) {
	last := len(widths) - 1
	var more []string
	if t.Wrap && len(row) == len(widths) && len(row) > 0 && Columns(row[last].Text) > widths[last] {
		lines := Wrap(row[last].Text, widths[last])
		row[last].Text, more = lines[0], lines[1:]
	}
	writeLine(out, row, widths)
	for _, text := range more {
		continued := make([]Cell, len(row))
		continued[last] = Cell{Text: text, Paint: row[last].Paint}
		writeLine(out, continued, widths)
	}
}

// writeLine writes the spaces before a cell only if there is text after them.
func writeLine(out *strings.Builder, row []Cell, widths []int) {
	spaces := 0
	for i, cell := range row {
		text := strings.TrimRight(Cut(cell.Text, widths[i]), " ")
		if text != "" {
			out.WriteString(strings.Repeat(" ", spaces))
			out.WriteString(painted(cell.Paint, text))
			spaces = 0
		}
		spaces += widths[i] - Columns(text) + gap
	}
	out.WriteByte('\n')
}

func painted(paint func(string) string, text string) string {
	if paint == nil {
		return text
	}
	return paint(text)
}
