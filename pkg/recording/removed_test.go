//go:build unix

package recording

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRemoved(t *testing.T) {
	for name, options := range map[string]Options{"written": {}, "synced": {Sync: true}} {
		t.Run(name, func(t *testing.T) {
			directory := filepath.Join(t.TempDir(), "recordings")
			if err := os.Mkdir(directory, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(directory, "events.ndjson")
			w := create(t, path, options)
			appendAll(t, w, entry("1"))
			remove(t, path)
			appendAll(t, w, entry("2"), entry("3"))
			if entries, truncated := readAll(t, readFile(t, path)); len(entries) != 2 || truncated != nil {
				t.Errorf("%d entries, truncated %v", len(entries), truncated)
			}

			remove(t, directory)
			_, err := w.Append(entry("4"))
			if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "write recording: it was moved or removed, and cannot be created again: open ") {
				t.Errorf("got %v", err)
			}
			if err := os.Mkdir(directory, 0o700); err != nil {
				t.Fatal(err)
			}
			appendAll(t, w, entry("5"))
			if entries, _ := readAll(t, readFile(t, path)); len(entries) != 1 || string(entries[0].Body) != "5" {
				t.Errorf("%+v", entries)
			}
		})
	}
}

// TestMoved moves a recording away, as log rotation does.
func TestMoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	reopened := make(chan struct{}, 9)
	w := create(t, path, Options{Reopened: func() { reopened <- struct{}{} }})
	place, err := w.Append(entry("1"))
	if err != nil {
		t.Fatal(err)
	}
	move(t, path, path+".1")
	appendAll(t, w, entry("2"))
	<-reopened
	if line, err := w.ReadLine(place); !errors.Is(err, errGone) {
		t.Errorf("got %q, %v", line, err)
	}
	move(t, path, path+".2")
	<-reopened // although nothing is written
	for name, want := range map[string]string{path + ".1": "1", path + ".2": "2"} {
		if entries, _ := readAll(t, readFile(t, name)); len(entries) != 1 || string(entries[0].Body) != want {
			t.Errorf("%s: %+v", name, entries)
		}
	}
	if text := readFile(t, path); text != "" {
		t.Errorf("the new file holds %q", text)
	}

	// Another file of that name is not changed.
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("not mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	move(t, other, path)
	if _, err := w.Append(entry("3")); !errors.Is(err, ErrNotRecording) {
		t.Errorf("got %v", err)
	}
	remove(t, path)
	appendAll(t, w, entry("4"))
	if text := readFile(t, path); strings.Count(text, "\n") != 1 {
		t.Errorf("the new file holds %q", text)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// remove removes a file, or a directory with its content.
func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
