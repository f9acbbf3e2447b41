package cmd

import (
	"context"
	"io"
)

// stdin is standard input whose reading ends with the context: a read from a
// terminal does not, so that an interrupt would have to come twice.
func (a *app) stdin(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Canceled) })
	go func() {
		_, err := io.Copy(w, a.Stdin)
		w.CloseWithError(err)
	}()
	return r
}
