package console

import (
	"bytes"
	"testing"
)

func TestShowsLinks(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing known":      {map[string]string{"TERM": "xterm-256color"}, false},
		"Linux console":      {map[string]string{"TERM": "linux"}, false},
		"GNOME Terminal":     {map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7600"}, true},
		"old VTE":            {map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "4602"}, false},
		"malformed":          {map[string]string{"VTE_VERSION": "x", "KONSOLE_VERSION": ""}, false},
		"dumb in a terminal": {map[string]string{"TERM": "dumb", "VTE_VERSION": "7600"}, false},
		"iTerm":              {map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.0"}, true},
		"old iTerm":          {map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.0.15"}, false},
		"Apple's":            {map[string]string{"TERM_PROGRAM": "Apple_Terminal", "TERM": "xterm-256color"}, false},
		"Windows Terminal":   {map[string]string{"WT_SESSION": "4b3e"}, true},
		"Konsole":            {map[string]string{"KONSOLE_VERSION": "220400"}, true},
		"kitty":              {map[string]string{"TERM": "xterm-kitty"}, true},
		"foot":               {map[string]string{"TERM": "foot-extra"}, true},
		"VS Code":            {map[string]string{"TERM_PROGRAM": "vscode"}, true},
		"tmux 3.4":           {map[string]string{"TMUX": "/tmp/t", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, true},
		"tmux 3.10":          {map[string]string{"TMUX": "/tmp/t", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.10a"}, true},
		"old tmux in VTE":    {map[string]string{"TMUX": "/tmp/t", "VTE_VERSION": "7600", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"}, false},
		"screen in kitty":    {map[string]string{"STY": "1", "TERM": "xterm-kitty"}, false},
	} {
		if got := showsLinks(func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestHyperlinksOnlyOnTerminals(t *testing.T) {
	for _, force := range []string{"", "0", "1"} {
		env := func(name string) (string, bool) {
			return map[string]string{"VTE_VERSION": "7600", "FORCE_HYPERLINK": force}[name], true
		}
		if Hyperlinks(new(bytes.Buffer), env) {
			t.Errorf("FORCE_HYPERLINK=%s: a buffer is no terminal", force)
		}
	}
}
