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
			folder := filepath.Join(t.TempDir(), "recordings")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(folder, "events.ndjson")
			w := create(t, path, options)
			appendAll(t, w, entry("1"))
			remove(t, path)
			appendAll(t, w, entry("2"), entry("3"))
			if entries, torn := readAll(t, readFile(t, path)); len(entries) != 2 || torn != nil {
				t.Errorf("%d entries, torn %v", len(entries), torn)
			}

			remove(t, folder)
			err := w.Append(entry("4"))
			if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "write recording: it was removed, and cannot be made anew: open ") {
				t.Errorf("got %v", err)
			}
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			appendAll(t, w, entry("5"))
			if entries, _ := readAll(t, readFile(t, path)); len(entries) != 1 || string(entries[0].Body) != "5" {
				t.Errorf("%+v", entries)
			}
		})
	}
}

// remove removes a file, or a folder with all that is in it.
func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
