package cli

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

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
	Transport      func(context.Context, deliver.Network, int) (*http.Transport, error)
	Guard          func(end func()) (release func()) // calls end before this process is made to end at once
	Outlive        func()                            // keeps this process from ending when a reader of its output leaves; nil is nothing
	Templates      fs.FS                             // the embedded templates, with the folders events and scenarios
	Build          Build
}

// App is what every command gets: what it needs from outside, and the global flags.
type App struct {
	System

	Config      string
	Profile     string
	Color       string
	Quiet       bool
	Verbose     bool
	ShowSecrets bool

	Known redact.Secrets // from the configuration and the command line
}

// OutliveReader lets the command go on when a reader of its output leaves, as in
// "| head -1": what it has begun to deliver is delivered, and its reports are written.
func (a *App) OutliveReader() {
	for _, stream := range []io.Writer{a.Stdout, a.Stderr} {
		if output, is := stream.(*console.Output); is {
			output.Outlive()
		}
	}
	if a.Outlive != nil {
		a.Outlive()
	}
}

// Mask hides the known secrets in a text, unless they may be shown.
func (a *App) Mask(text string) string {
	if a.ShowSecrets {
		return text
	}
	return a.Known.Mask(text)
}

// Text is standard output for what people read: known secrets are masked in it. What is
// data, and has to stay as it is, goes to Stdout itself.
func (a *App) Text() io.Writer { return console.NewOutput(a.Stdout, a.Mask) }

// Out colors what goes to standard output.
func (a *App) Out() console.Palette { return a.palette(a.Stdout) }

// Err colors what goes to standard error.
func (a *App) Err() console.Palette { return a.palette(a.Stderr) }

func (a *App) palette(w io.Writer) console.Palette {
	return console.NewPalette(console.Enabled(console.Mode(a.Color), w, a.LookupEnv))
}

// Width is how many columns standard output has, 0 for no limit.
func (a *App) Width() int { return console.Width(a.Stdout, a.LookupEnv) }

// Style is how a command shows things on standard output. Where that is no terminal its
// width is asked for once.
func (a *App) Style() show.Style {
	width := a.Width
	if !console.IsTerminal(a.Stdout) {
		fixed := width()
		width = func() int { return fixed }
	}
	return show.Style{Palette: a.Out(), Width: width, Secrets: a.ShowSecrets, Known: &a.Known, Quiet: a.Quiet, Verbose: a.Verbose}
}

// IsAnimated reports whether w is a terminal that can draw on a line anew.
func (a *App) IsAnimated(w io.Writer) bool {
	term, _ := a.LookupEnv("TERM")
	return term != "dumb" && console.IsTerminal(w)
}

// Fit breaks a text that stands behind an indent between its words, where the terminal
// ends. What fits stays as it is.
func (a *App) Fit(text string, indent int) []string { return console.Fit(text, a.Width(), indent) }

// PrintJSON prints one value: laid out and in color on a terminal, on one line elsewhere.
// <, > and & stay what they are.
func (a *App) PrintJSON(value any) error {
	out := show.AppendJSONLine(nil, value)
	if p := a.Out(); p.Enabled() || console.IsTerminal(a.Stdout) {
		out = console.JSON(bytes.TrimSuffix(out, []byte("\n")), p)
	}
	_, err := a.Stdout.Write(out)
	return err
}
