//go:build !windows

package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// script writes an executable shell script, in a directory with a space in its
// name, and returns its path as a shell reads it.
func script(t *testing.T, body string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "my editor")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "edit")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return "'" + path + "'"
}

// editor is an editor whose temporary files go to a directory of the test's own,
// which must be empty when the test ends. The name of the directory tests the quoting.
func editor(t *testing.T, values map[string]string) Editor {
	t.Helper()
	dir := filepath.Join(t.TempDir(), `te mp "$HOME" 'x'`)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
	t.Setenv("TMPDIR", dir)
	return Editor{LookupEnv: env(values)}
}

func TestEdit(t *testing.T) {
	const append = `for last; do :; done; printf '%s' "$1" >>"$last"; touch "$last~"`
	tests := []struct {
		name   string
		values map[string]string
		want   string
	}{
		{"VISUAL first", map[string]string{"VISUAL": script(t, append) + " --wait", "EDITOR": "false"}, "{}--wait"},
		{"EDITOR", map[string]string{"EDITOR": script(t, append) + " -x"}, "{}-x"},
		{"blank VISUAL", map[string]string{"VISUAL": " ", "EDITOR": script(t, append) + " -x"}, "{}-x"},
		{"assignment before it", map[string]string{"EDITOR": "MARK=-y " + script(t, `printf %s "$MARK" >>"$1"`)}, "{}-y"},
		{"changes nothing", map[string]string{"EDITOR": "true"}, "{}"},
		{"replaces the file", map[string]string{"EDITOR": script(t, `echo new >"$1.new"; mv "$1.new" "$1"`)}, "new\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := editor(t, test.values).Edit(t.Context(), "event.json", []byte("{}"))
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestEditStreamsAndFile(t *testing.T) {
	var stdout, stderr bytes.Buffer
	e := editor(t, map[string]string{"EDITOR": script(t,
		`ls -l "$1" | cut -c1-10; basename "$1"; cat; echo oops >&2`)})
	e.Stdin, e.Stdout, e.Stderr = strings.NewReader("typed"), &stdout, &stderr
	if _, err := e.Edit(t.Context(), "../event.json", nil); err != nil {
		t.Fatal(err)
	}
	if want := "-rw-------\nevent.json\ntyped"; stdout.String() != want {
		t.Errorf("stdout %q, want %q", stdout.String(), want)
	}
	if want := "oops\n"; stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
}

func TestEditErrors(t *testing.T) {
	tests := []struct{ name, editor, want string }{
		{"not found", "no-such-editor -w", `editor "no-such-editor -w" was not found; set VISUAL or EDITOR`},
		{"gave up", "sh -c 'exit 3'", `editor "sh -c 'exit 3'" failed: exit status 3`},
		{"killed", "sh -c 'kill -9 $$'", `editor "sh -c 'kill -9 $$'" failed: signal: killed`},
		{"unreadable command line", "vi 'x", `editor "vi 'x" failed: exit status 2`},
		{"removed the file", "rm", "read the edited text: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := editor(t, map[string]string{"EDITOR": test.editor}).Edit(t.Context(), "event.json", nil)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestEditWithoutDirectory(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := new(Editor).Edit(t.Context(), "event.json", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want a missing directory", err)
	}
	if _, err := editor(t, nil).Edit(t.Context(), "..", nil); err == nil {
		t.Error("a directory was used for a file name")
	}
}

func TestEditDefault(t *testing.T) {
	if got := editor(t, nil).choice(); got != "vi" {
		t.Errorf("got %q, want vi", got)
	}
}

// TestEditCanceled waits until the editor is running, then ends the
// context: the editor can clean up.
func TestEditCanceled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	stop := errors.New("interrupted")
	output, input := io.Pipe()
	e := editor(t, map[string]string{"EDITOR": script(t,
		`trap 'echo tidied; exit 0' TERM; echo ready; while :; do sleep 0.02; done`)})
	e.Stdout = input

	said := make(chan string)
	go func() {
		var ready [6]byte
		io.ReadFull(output, ready[:])
		cancel(stop)
		rest, _ := io.ReadAll(output)
		said <- string(ready[:]) + string(rest)
	}()
	_, err := e.Edit(ctx, "event.json", nil)
	input.Close()
	if !errors.Is(err, stop) {
		t.Errorf("got %v, want %v", err, stop)
	}
	if got := <-said; got != "ready\ntidied\n" {
		t.Errorf("the editor said %q", got)
	}
}
