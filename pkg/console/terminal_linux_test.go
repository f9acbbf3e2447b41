package console

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal opens a pseudo-terminal of the given width.
func openTerminal(t *testing.T, columns uint16) *os.File {
	t.Helper()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	size := &unix.Winsize{Row: 24, Col: columns}
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, size); err != nil {
		t.Fatal(err)
	}
	return terminal
}

func TestTerminal(t *testing.T) {
	terminal := openTerminal(t, 72)
	if !IsTerminal(terminal) {
		t.Error("not taken for a terminal")
	}
	if got := Width(terminal, env(map[string]string{"COLUMNS": "40"})); got != 72 {
		t.Errorf("width %d, want the terminal's 72", got)
	}
	unsized := openTerminal(t, 0)
	if got := Width(unsized, env(map[string]string{"COLUMNS": "40"})); got != 40 {
		t.Errorf("width %d of a terminal without a size, want 40 from COLUMNS", got)
	}
}

func TestEnabledOnTerminal(t *testing.T) {
	terminal := openTerminal(t, 80)
	tests := []struct {
		name string
		mode Mode
		env  map[string]string
		want bool
	}{
		{"auto", Auto, nil, true},
		{"the zero mode", "", nil, true},
		{"never", Never, nil, false},
		{"NO_COLOR", Auto, map[string]string{"NO_COLOR": "1"}, false},
		{"empty NO_COLOR", Auto, map[string]string{"NO_COLOR": ""}, true},
		{"dumb", Auto, map[string]string{"TERM": "dumb"}, false},
		{"FORCE_COLOR=0", Auto, map[string]string{"FORCE_COLOR": "0"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Enabled(test.mode, terminal, env(test.env)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
