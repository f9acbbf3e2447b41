package recording

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestTwoWritersOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	const each, goroutines = 50, 4
	var all sync.WaitGroup
	for w := range 2 {
		writer := create(t, path, Options{})
		for g := range goroutines {
			all.Go(func() {
				for i := range each {
					body := fmt.Sprintf("%d/%d/%d %s", w, g, i, strings.Repeat("x", 1000*i))
					if _, err := writer.Append(entry(body)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	seen := map[string]bool{}
	entries, truncated := readAll(t, readFile(t, path))
	for _, e := range entries {
		name, _, _ := strings.Cut(string(e.Body), " ")
		seen[name] = true
	}
	if len(seen) != 2*goroutines*each || truncated != nil {
		t.Errorf("%d entries, truncated %v", len(seen), truncated)
	}
}

func TestRepair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	first, second := create(t, path, Options{}), create(t, path, Options{})
	appendAll(t, first, entry("1"))
	// The second writer is killed while it writes a line.
	if _, err := second.file.Write([]byte(`{"receivedAt":"20`)); err != nil {
		t.Fatal(err)
	}
	appendAll(t, first, entry("2"), entry("3"))
	entries, truncated := readAll(t, readFile(t, path))
	if len(entries) != 3 || len(truncated) != 1 || truncated[0] != 2 {
		t.Errorf("%d entries, truncated %v", len(entries), truncated)
	}
}

func TestCreateFails(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "events.ndjson")} {
		if _, err := Create(path, Options{Sync: true}); err == nil {
			t.Errorf("%s was opened", path)
		}
	}
	path := filepath.Join(dir, "events.ndjson")
	create(t, path, Options{Sync: true})
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestCreateKeepsOtherFiles(t *testing.T) {
	whole, err := entry("1").AppendLine(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		text  string
		other bool
	}{
		"empty":           {"", false},
		"blank":           {"\n\n", false},
		"recording":       {string(whole), false},
		"truncated":       {string(whole[:20]), false},
		"truncated first": {string(whole[:20]) + "\n" + string(whole), false},
		"program":         {"package main\n", true},
		"other JSON":      {`{"name":"x"}`, true},
		"binary":          {"\x00\xff\x00", true},
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
