package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Input returns standard input for a command that reads it to its end. A user at a terminal, where nothing is
// piped, is told.
func (a *App) Input() io.Reader {
	if console.IsTerminal(a.Stdin) {
		end := "Ctrl-D"
		if a.GOOS == "windows" {
			end = "Ctrl-Z and Enter"
		}
		a.Note("reading standard input; " + end + " ends it.")
	}
	return a.Stdin
}

// Open opens a file, or standard input for "-", and returns its name for messages. Reading
// stops when the context ends.
func (a *App) Open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(textfile.NewReader(ctx, a.Input())), "stdin", nil
	}
	f, err := textfile.Open(ctx, name)
	if err != nil {
		return nil, "", Usage(fmt.Errorf("%s: %w", name, textfile.Reason(err)), "check the path; - reads standard input.")
	}
	return f, name, nil
}
