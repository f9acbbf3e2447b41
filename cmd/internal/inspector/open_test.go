//go:build !windows

package inspector

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
)

// notes is a standard error that can be waited for.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan struct{}
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	defer func() { n.line <- struct{}{} }()
	return n.text.Write(p)
}

// TestOpen starts a browser that fails once it has noted its argument.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$1\" > '"+dir+"/opened'\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	stderr := &notes{line: make(chan struct{}, 9)}
	env := map[string]string{"BROWSER": "./nowhere:" + script + " --to=%s"}
	app := &cli.App{System: cli.System{
		Stderr: stderr, GOOS: runtime.GOOS, LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
	}}
	s, err := Listen(context.Background(), app, Flag("--addr", " "), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Open()
	<-stderr.line
	if opened, err := os.ReadFile(filepath.Join(dir, "opened")); string(opened) != "--to="+s.with(s.code)+"\n" || s.code == s.token {
		t.Errorf("got %q, %v, want %s", opened, err, s.with(s.code))
	}
	if got := stderr.text.String(); !strings.Contains(got, "no browser was opened: browser failed: exit status 3; set BROWSER to the command of one, or open "+s.URL()+" yourself.") {
		t.Errorf("got %q", got)
	}
}
