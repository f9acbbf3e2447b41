package recording

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCreateLeavesOtherFilesAlone(t *testing.T) {
	whole, err := appendLine(nil, entry("1"), asIs)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		text  string
		other bool
	}{
		"empty":      {"", false},
		"blank":      {"\n\n", false},
		"recording":  {string(whole), false},
		"torn":       {string(whole[:20]), false},
		"torn first": {string(whole[:20]) + "\n" + string(whole), false},
		"program":    {"package main\n", true},
		"other JSON": {`{"name":"x"}`, true},
		"binary":     {"\x00\xff\x00", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			w, err := Create(path, Options{})
			if errors.Is(err, ErrNotRecording) != test.other {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				w.Close()
			}
			if got := readFile(t, path); got != test.text {
				t.Errorf("it is %q now", got)
			}
		})
	}
}
