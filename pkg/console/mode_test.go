package console

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestEnabledWithoutTerminal(t *testing.T) {
	tests := []struct {
		name string
		mode Mode
		env  map[string]string
		want bool
	}{
		{"a buffer", Auto, nil, false},
		{"the zero mode is auto", "", map[string]string{"FORCE_COLOR": "1"}, true},
		{"always wins", Always, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, true},
		{"never wins", Never, map[string]string{"FORCE_COLOR": "1"}, false},
		{"forced", Auto, map[string]string{"FORCE_COLOR": "true"}, true},
		{"forced on a dumb terminal", Auto, map[string]string{"FORCE_COLOR": "1", "TERM": "dumb"}, true},
		{"FORCE_COLOR=0 forces nothing", Auto, map[string]string{"FORCE_COLOR": "0"}, false},
		{"empty FORCE_COLOR forces nothing", Auto, map[string]string{"FORCE_COLOR": ""}, false},
		{"NO_COLOR beats FORCE_COLOR", Auto, map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, false},
		{"empty NO_COLOR is not set", Auto, map[string]string{"NO_COLOR": "", "FORCE_COLOR": "1"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Enabled(test.mode, &bytes.Buffer{}, env(test.env)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestIsTerminalOfOtherStreams(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, stream := range map[string]any{
		"file": file, "nil file": (*os.File)(nil), "nil": nil, "writer": io.Discard,
	} {
		if IsTerminal(stream) {
			t.Errorf("%s is taken for a terminal", name)
		}
	}
}

func TestWidthWithoutTerminal(t *testing.T) {
	for columns, want := range map[string]int{"80": 80, "": 0, "0": 0, "-3": 0, "wide": 0, "99999999999999999999": 0} {
		if got := Width(io.Discard, env(map[string]string{"COLUMNS": columns})); got != want {
			t.Errorf("COLUMNS=%q: got %d, want %d", columns, got, want)
		}
	}
	if got := Width((*os.File)(nil), env(nil)); got != 0 {
		t.Errorf("without anything: got %d, want 0", got)
	}
}
