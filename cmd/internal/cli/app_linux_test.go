package cli

import (
	"bytes"
	"io"
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
		a := &App{System: System{LookupEnv: func(string) (string, bool) { return term, term != "" }}}
		if got := a.IsAnimated(terminal); got != want {
			t.Errorf("TERM=%q: %v on a terminal", term, got)
		}
		if a.IsAnimated(new(bytes.Buffer)) {
			t.Errorf("TERM=%q: animated without a terminal", term)
		}
	}
}

func TestWrapStderr(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	columns := func(name string) (string, bool) { return "20", name == "COLUMNS" }
	const text = "a mistake, in several words\n  x: 1"
	for name, test := range map[string]struct {
		stderr io.Writer
		want   string
	}{
		"terminal": {terminal, "a mistake, in\n       several words\n         x: 1"},
		"pipe":     {new(bytes.Buffer), "a mistake, in several words\n         x: 1"},
	} {
		a := &App{System: System{Stderr: test.stderr, LookupEnv: columns}}
		if got := a.wrapStderr(text, len("error: ")); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
