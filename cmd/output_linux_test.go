package cmd

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

func TestIsAnimated(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	for term, want := range map[string]bool{"xterm-256color": true, "": true, "dumb": false} {
		a := &app{System: System{LookupEnv: func(string) (string, bool) { return term, term != "" }}}
		if got := a.isAnimated(terminal); got != want {
			t.Errorf("TERM=%q: %v on a terminal", term, got)
		}
		if a.isAnimated(new(bytes.Buffer)) {
			t.Errorf("TERM=%q: animated without a terminal", term)
		}
	}
}
