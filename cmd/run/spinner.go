package run

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// spinner shows the current step on a terminal. Elsewhere it shows nothing.
type spinner struct {
	out     io.Writer
	palette console.Palette
	width   int

	mu    sync.Mutex
	text  string // "" means hidden
	frame int
	done  chan struct{} // nil without a terminal
}

const (
	spinEvery = 100 * time.Millisecond
	eraseLine = "\r\x1b[K"
)

func newSpinner(out io.Writer, p console.Palette, terminal bool) *spinner {
	s := &spinner{out: out, palette: p}
	if !terminal {
		return s
	}
	s.done = make(chan struct{})
	s.width = console.Width(out, func(string) (string, bool) { return "", false })
	go s.turn()
	return s
}

// turn draws frames until the spinner is stopped.
func (s *spinner) turn() {
	ticker := time.NewTicker(spinEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-ticker.C:
			s.draw()
		}
	}
}

func (s *spinner) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == "" {
		return
	}
	frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	s.frame++
	fmt.Fprintf(s.out, "%s  %c %s", eraseLine, frames[s.frame%len(frames)], s.palette.Dim(console.Cut(s.text, max(s.width-5, 0))))
}

// show sets the text.
func (s *spinner) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

// pause hides the spinner, so that a line can be printed.
func (s *spinner) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done != nil && s.text != "" && s.frame > 0 {
		fmt.Fprint(s.out, eraseLine)
	}
	s.text = ""
}

// stop ends the spinner. It must be called once.
func (s *spinner) stop() {
	s.pause()
	if s.done != nil {
		close(s.done)
	}
}
