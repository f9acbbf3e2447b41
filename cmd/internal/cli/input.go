package cli

import (
	"context"
	"io"
	"os"
)

// Open opens a file, or standard input for "-", and names it.
func (a *App) Open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(a.Input(ctx)), "stdin", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, "", Usage(err, "check the path; - reads standard input.")
	}
	return f, name, nil
}

// Input is standard input whose reading ends with the context: a read from a
// terminal does not, so that an interrupt would have to come twice.
func (a *App) Input(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Canceled) })
	go func() {
		_, err := io.Copy(w, a.Stdin)
		w.CloseWithError(err)
	}()
	return r
}
