package load

import (
	"fmt"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// progressBar draws on one line of standard error, if that is a terminal.
type progressBar struct {
	app   *cli.App
	on    bool
	start time.Time
	drawn time.Time
}

func newProgressBar(a *cli.App) *progressBar {
	return &progressBar{app: a, on: !a.Quiet && a.IsAnimated(a.Stderr), start: a.Now()}
}

// show redraws the bar, at most ten times per second.
func (b *progressBar) show(done, planned uint64) {
	const interval = 100 * time.Millisecond
	now := b.app.Now()
	if !b.on || planned == 0 || now.Sub(b.drawn) < interval {
		return
	}
	b.drawn = now
	text := fmt.Sprintf(" %d of %d  %s", done, planned, console.Duration(now.Sub(b.start)))
	columns := 30
	if width := console.Width(b.app.Stderr, b.app.LookupEnv); width > 0 {
		columns = min(columns, width-console.Columns(text)-1) // a line that wraps cannot be redrawn
	}
	bar := drawBar(done, planned, columns)
	fmt.Fprintf(b.app.Stderr, "\r\x1b[K%s%s", b.app.Err().Value(bar), text)
}

// drawBar returns a bar of the given width, or none if there is no room for it.
func drawBar(done, planned uint64, columns int) string {
	cells := uint64(max(columns, 0))
	filled := min(done, planned) * cells / planned
	return strings.Repeat("█", int(filled)) + strings.Repeat("░", int(cells-filled))
}

// clear removes the bar.
func (b *progressBar) clear() {
	if b.on && !b.drawn.IsZero() {
		fmt.Fprint(b.app.Stderr, "\r\x1b[K")
	}
}
