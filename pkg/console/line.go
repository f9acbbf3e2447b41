package console

// LineGap is the number of spaces between two columns of a line.
const LineGap = gap

// Paint is a method of Palette, such as Palette.Dim.
type Paint = func(Palette, string) string

// Line lays out columns on one line, for rows that arrive one at a time; a Table needs
// all its rows.
type Line struct {
	dst     []byte
	palette Palette
	limit   int // in columns; 0 is unlimited
	used    int
	pending int // spaces before the next text
}

// NewLine begins a line at the end of dst, of up to limit columns; 0 or less is
// unlimited.
func NewLine(dst []byte, p Palette, limit int) Line {
	return Line{dst: dst, palette: p, limit: limit}
}

// Column escapes a text and adds it in a column of the given width; 0 is the rest of the
// line. If the line is unlimited, a text that is too long moves the next columns.
func (l *Line) Column(text string, width int, paint Paint) {
	text = Safe(text)
	if l.limit > 0 {
		left := l.limit - l.used - l.pending
		if width <= 0 || width > left {
			width = left
		}
		if width <= 0 {
			return
		}
		text = Cut(text, width)
	}
	taken := Columns(text)
	if text != "" {
		l.dst = AppendSpaces(l.dst, l.pending)
		l.dst = append(l.dst, paint(l.palette, text)...)
		l.used, l.pending = l.used+l.pending+taken, 0
	}
	l.pending += max(width-taken, 0) + LineGap
}

// End returns dst with the line and its newline.
func (l *Line) End() []byte { return append(l.dst, '\n') }

// AppendSpaces adds n spaces to dst.
func AppendSpaces(dst []byte, n int) []byte {
	const spaces = "                                "
	for n > len(spaces) {
		dst = append(dst, spaces...)
		n -= len(spaces)
	}
	return append(dst, spaces[:max(n, 0)]...)
}
