package console

// LineGap is how many spaces stand between two columns of a line.
const LineGap = gap

// Paint is one of a palette's paints, as Palette.Dim.
type Paint = func(Palette, string) string

// Line lays columns out on one line, for rows that come one at a time: a Table has to see
// them all.
type Line struct {
	dst     []byte
	palette Palette
	limit   int // in columns; 0 is unlimited
	used    int
	owed    int // spaces to come before the next text
}

// NewLine begins a line behind dst. It takes up to limit columns; 0 or less is unlimited.
func NewLine(dst []byte, p Palette, limit int) Line {
	return Line{dst: dst, palette: p, limit: limit}
}

// Column adds a text that came from anywhere in a column of this width, 0 for all that
// is left. Where the line is unlimited, a text that is too long pushes the rest on.
func (l *Line) Column(text string, width int, paint Paint) {
	text = Safe(text)
	if l.limit > 0 {
		left := l.limit - l.used - l.owed
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
		l.dst = AppendSpaces(l.dst, l.owed)
		l.dst = append(l.dst, paint(l.palette, text)...)
		l.used, l.owed = l.used+l.owed+taken, 0
	}
	l.owed += max(width-taken, 0) + LineGap
}

// End ends the line, and returns dst with it.
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
