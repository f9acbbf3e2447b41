package recording

import (
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
					if err := writer.Append(entry(body)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	seen := map[string]bool{}
	entries, torn := readAll(t, readFile(t, path))
	for _, e := range entries {
		name, _, _ := strings.Cut(string(e.Body), " ")
		seen[name] = true
	}
	if len(seen) != 2*goroutines*each || torn != nil {
		t.Errorf("%d entries, torn %v", len(seen), torn)
	}
}

func TestRepair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	first, second := create(t, path, Options{}), create(t, path, Options{})
	appendAll(t, first, entry("1"))
	// The second writer is killed in the middle of a line.
	if _, err := second.file.Write([]byte(`{"receivedAt":"20`)); err != nil {
		t.Fatal(err)
	}
	appendAll(t, first, entry("2"), entry("3"))
	entries, torn := readAll(t, readFile(t, path))
	if len(entries) != 3 || len(torn) != 1 || torn[0] != 2 {
		t.Errorf("%d entries, torn %v", len(entries), torn)
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
