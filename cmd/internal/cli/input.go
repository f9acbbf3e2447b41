package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// Open opens a file, or standard input for "-", and returns its name for messages. Reading
// stops when the context ends.
func (a *App) Open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(textfile.NewReader(ctx, a.Stdin)), "stdin", nil
	}
	f, err := textfile.Open(ctx, name)
	if err != nil {
		return nil, "", Usage(fmt.Errorf("%s: %w", name, textfile.Reason(err)), "check the path; - reads standard input.")
	}
	return f, name, nil
}
