package cli

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// IsAnimated reports whether w is a terminal that can draw on a line anew.
func (a *App) IsAnimated(w io.Writer) bool {
	term, _ := a.LookupEnv("TERM")
	return term != "dumb" && console.IsTerminal(w)
}

// Fit breaks a text that stands behind an indent between its words, where the terminal
// ends. What fits stays as it is.
func (a *App) Fit(text string, indent int) []string { return console.Fit(text, a.Width(), indent) }

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

// System is all that a command needs from outside.
type System struct {
	Catalog        *apizee.Catalog // what is documented
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
	Environ        func() []string // "NAME=value"; nil is none
	GOOS           string
	Now            func() time.Time
	Sleep          func(context.Context, time.Duration) error
	Random         func() uint64 // any 64 bits
	Transport      func(deliver.TLSOptions, int) (*http.Transport, error)
	Guard          func(end func()) (release func()) // calls end before this process is made to end at once
	Templates      fs.FS                             // the embedded templates, with the folders events and scenarios
	Build          Build
}

// App is a System with the global flags of this run.
type App struct {
	System
	Config      string
	Profile     string
	Color       string
	Quiet       bool
	Verbose     bool
	ShowSecrets bool
}

// Out colors what goes to standard output.
func (a *App) Out() console.Palette { return a.Palette(a.Stdout) }

// Err colors what goes to standard error.
func (a *App) Err() console.Palette { return a.Palette(a.Stderr) }

// Palette colors what goes to w.
func (a *App) Palette(w io.Writer) console.Palette {
	return console.NewPalette(console.Enabled(console.Mode(a.Color), w, a.LookupEnv))
}

// Width is how many columns standard output has, 0 for no limit.
func (a *App) Width() int { return console.Width(a.Stdout, a.LookupEnv) }

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

// Style is how a command shows things on standard output. Where that is no terminal its
// width is asked for once.
func (a *App) Style() show.Style {
	width := a.Width
	if !console.IsTerminal(a.Stdout) {
		fixed := width()
		width = func() int { return fixed }
	}
	return show.Style{Palette: a.Out(), Width: width, Secrets: a.ShowSecrets, Quiet: a.Quiet, Verbose: a.Verbose}
}
