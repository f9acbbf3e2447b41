package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// editorGrace is how long an editor may take to exit once the context ends.
const editorGrace = 500 * time.Millisecond

// Editor opens texts in the user's editor: $VISUAL, else $EDITOR, else vi
// (notepad on Windows). As with git, the variable is a command line, so
// "code --wait" works.
type Editor struct {
	// The editor's own streams. A terminal editor needs Stdin and Stdout to be
	// the terminal. A Stdin that is not a file is read to its end, even after the
	// editor has exited.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	LookupEnv func(string) (string, bool)
}

// Edit opens text in the user's editor and returns the edited text. The text is in a
// file called name ("event.json") that only the user can read, in a directory that
// is removed afterwards with everything in it.
//
// The error says which editor was not found, or how it exited. When ctx ends, the
// editor is sent SIGTERM, and killed if it does not exit; a terminal editor may use
// Ctrl-C itself, so ctx should not end on that.
func (e Editor) Edit(ctx context.Context, name string, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "apizee-hooks-")
	if err != nil {
		return nil, fmt.Errorf("create a directory for the text to edit: %w", err)
	}
	defer os.RemoveAll(dir)

	path := filepath.Join(dir, filepath.Base(name))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write the text to edit: %w", err)
	}
	if err := e.run(ctx, path); err != nil {
		return nil, err
	}
	edited, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the edited text: %w", err)
	}
	return edited, nil
}

func (e Editor) run(ctx context.Context, path string) error {
	editor := e.choice()
	cmd := editorCommand(ctx, editor, path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.Stdin, e.Stdout, e.Stderr
	// Streams that are not files reach the editor through a pipe.
	if file, ok := fileBehind(e.Stdout); ok {
		cmd.Stdout = file
	}
	if file, ok := fileBehind(e.Stderr); ok {
		cmd.Stderr = file
	}
	cmd.WaitDelay = editorGrace

	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it succeeded, but left a stream open
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("editor %q: %w", editor, context.Cause(ctx))
	case errors.As(err, &exit) && exit.ExitCode() == exitNotFound:
		return fmt.Errorf("editor %q was not found; set VISUAL or EDITOR", editor)
	case errors.As(err, &exit):
		return fmt.Errorf("editor %q failed: %w", editor, err)
	}
	return fmt.Errorf("start editor %q: %w", editor, err)
}

func (e Editor) choice() string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		value, _ := e.LookupEnv(name)
		if editor := strings.TrimSpace(value); editor != "" {
			return editor
		}
	}
	return defaultEditor
}
