package recording

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestReadLine reads entries back while others are appended, by another writer too.
func TestReadLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	writers := []*Writer{create(t, path, Options{}), create(t, path, Options{})}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"receivedAt":`) // as a crash leaves it
	f.Close()
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			w, body := writers[i%2], strings.Repeat("é", i)+strconv.Itoa(i)
			place, err := w.Append(entry(body))
			if err != nil {
				t.Error(err)
				return
			}
			line, err := w.ReadLine(place)
			if err != nil {
				t.Error(err)
				return
			}
			if e, err := Parse(line); err != nil || string(e.Body) != body || int64(len(line)) != place.Length {
				t.Errorf("%s, %v, want %s", line, err, body)
			}
		})
	}
	all.Wait()
}

func TestReadLineGone(t *testing.T) {
	if _, err := create(t, filepath.Join(t.TempDir(), "a"), Options{}).ReadLine(Place{}); !errors.Is(err, errGone) {
		t.Error(err)
	}
	for name, change := range map[string]func(path string) error{
		"shorter": func(path string) error { return os.Truncate(path, 10) },
		"changed": func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte(" "), 1000), 0) },
	} {
		path := filepath.Join(t.TempDir(), "events.ndjson")
		w := create(t, path, Options{})
		place, err := w.Append(entry("1"))
		if err != nil {
			t.Fatal(err)
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		if line, err := w.ReadLine(place); !errors.Is(err, errGone) {
			t.Errorf("%s: got %q, %v", name, line, err)
		}
	}
}
