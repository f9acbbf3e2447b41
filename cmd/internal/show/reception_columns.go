package show

import (
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

const (
	clockMillis  = "15:04:05.000"
	clockSeconds = "15:04:05"

	columnGap    = console.LineGap
	statusWidth  = 3
	tookWidth    = 6
	eventWidth   = 6
	objectWidth  = 16
	narrowObject = 11 // "ticket 1000"
	propsWidth   = 29 // where the width is unlimited
	enoughID     = 8  // tells most IDs apart
	longWord     = 21 // of the props: most event types of a session
)

// columns are the widths of the parts of a line. A part of width 0 is omitted, except props, which then
// have no limit.
type columns struct {
	limit                             int // of the line; 0 is unlimited
	clock, object, event, props, took int
}

// columns gives the remaining width of the terminal to the props, and what they do not need to long ids.
// On a narrow terminal the times are shortened and omitted first.
func (p receptionLine) columns() columns {
	c := columns{limit: p.width(), clock: len(clockMillis), object: objectWidth, event: eventWidth, props: propsWidth, took: tookWidth}
	if c.limit <= 0 {
		return c
	}
	const (
		enough     = 12
		usualProps = len("state=inprogress  ticket/100")
	)
	room := func() int {
		used := c.object + columnGap + c.event + columnGap + columnGap + statusWidth
		for _, width := range []int{c.clock, c.took} {
			if width > 0 {
				used += width + columnGap
			}
		}
		if p.Forward != nil {
			used += statusWidth + 1 + columnGap
		}
		return c.limit - used
	}
	if room() == usualProps-1 {
		c.object-- // on 80 columns the usual props lack one
	}
	for _, shrink := range []func(){
		func() { c.clock = len(clockSeconds) }, func() { c.took = 0 }, func() { c.clock = 0 }, func() { c.object = narrowObject },
	} {
		if room() >= enough {
			break
		}
		shrink()
	}
	c.props = max(room(), 0)
	if spare := c.props - propsWidth; spare > 0 {
		c.object += min(spare/2, propsWidth)
		c.props = room()
	}
	return c
}

// fit gives a long object what its props leave of their width or, where that shows hardly any of its ID, what
// they have beyond a long word.
func (c columns) fit(object, props string) columns {
	if c.limit == 0 {
		return c
	}
	spare := c.props - max(console.Columns(props), 1) // width 0 would have no limit
	name, _, _ := strings.Cut(object, " ")
	if short := console.Columns(name+" …") + enoughID - c.object; short <= c.props-longWord {
		spare = max(spare, short)
	}
	if more := min(console.Columns(object)-c.object, spare); more > 0 {
		c.object, c.props = c.object+more, c.props-more
	}
	return c
}

// span returns the total width of object, event and props.
func (c columns) span() int { return c.object + c.event + c.props + 2*columnGap }

// indent returns the column of problems below the line.
func (c columns) indent() int {
	if c.clock == 0 {
		return columnGap
	}
	return c.clock + columnGap
}
