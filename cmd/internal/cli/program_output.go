package cli

import (
	"fmt"
	"strings"
	"sync"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/undertest"
)

// programOutput prints the output of programs under test. While it is muted it keeps the last lines, which
// may say why one exits.
type programOutput struct {
	app    *App
	before func() // see ProgramView

	mu    sync.Mutex
	muted bool
	any   bool // whether there was any
	kept  []programLine
}

type programLine struct {
	which undertest.Which
	text  string
}

// keptLines is how many lines are kept: a stack trace, and what led to it.
const keptLines = 30

func (o *programOutput) line(which undertest.Which, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.any = true
	if o.kept = append(o.kept, programLine{which, text}); !o.muted {
		o.print()
	}
	if len(o.kept) > keptLines {
		o.kept = append(o.kept[:0], o.kept[1:]...)
	}
}

func (o *programOutput) mute() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.muted = !o.app.Verbose
}

// show ends that it is muted, and prints the lines that were kept. It returns a hint to them.
func (o *programOutput) show() (hint string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.muted = false
	o.print()
	if !o.any {
		return "it printed nothing"
	}
	return "see its output above"
}

func (o *programOutput) print() {
	for _, line := range o.kept {
		o.before()
		o.app.programLine(line)
	}
	o.kept = o.kept[:0]
}

func (a *App) programLine(line programLine) {
	name := "app"
	if line.which > 0 {
		name = fmt.Sprintf("app %d", line.which)
	}
	if a.JSON {
		a.stderrJSON(a.Stderr, ProgramLineJSON{name, a.Mask(line.text)})
		return
	}
	text := strings.ReplaceAll(line.text, "\t", "    ")
	fmt.Fprintf(a.Stderr, "%s\n", a.Err().Dim(name+" | "+console.Safe(text)))
}
