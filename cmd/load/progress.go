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
	const interval, cells = 100 * time.Millisecond, 30
	now := b.app.Now()
	if !b.on || planned == 0 || now.Sub(b.drawn) < interval {
		return
	}
	b.drawn = now
	filled := int(min(done, planned) * cells / planned)
	bar := strings.Repeat("█", filled) + strings.Repeat("░", cells-filled)
	fmt.Fprintf(b.app.Stderr, "\r\x1b[K%s %d of %d  %s", b.app.Err().Value(bar), done, planned, console.Duration(now.Sub(b.start)))
}

// clear removes the bar.
func (b *progressBar) clear() {
	if b.on && !b.drawn.IsZero() {
		fmt.Fprint(b.app.Stderr, "\r\x1b[K")
	}
}
