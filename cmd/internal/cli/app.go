package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// System is all that a command needs from outside.
type System struct {
	Catalog        *apizee.Catalog // the documented contract
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
	Environ        func() []string // "NAME=value"; nil for none
	GOOS           string
	Now            func() time.Time
	Sleep          func(context.Context, time.Duration) error
	Random         func() uint64 // any 64 bits
	Transport      func(context.Context, deliver.Network, int) (*http.Transport, error)
	Guard          func(end func()) (release func()) // calls end before a second signal ends this process
	Caught         func()                            // waits until the signals that stop this process are caught; may be nil
	Outlive        func()                            // keeps this process alive when the reader of its output disconnects; may be nil
	Templates      fs.FS                             // the embedded templates, with the directories events and scenarios
	Build          Build
}

// App is what every command is made with: its environment, and the global flags.
type App struct {
	System

	Args []string // the command line

	Config      string
	Profile     string
	Color       string
	Quiet       bool
	Verbose     bool
	ShowSecrets bool
	GitHub      bool // the output has annotations for GitHub's runner
	JSON        bool // the output is JSON, also on standard error

	Known redact.Secrets // from the configuration and the command line
}

// OutliveReader lets the command continue when the reader of its output disconnects, as in
// "| head -1": deliveries are completed, and reports are written.
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

// Mask masks the known secrets in a text, unless --show-secrets is given.
func (a *App) Mask(text string) string {
	if a.ShowSecrets {
		return text
	}
	return a.Known.Mask(text)
}

// NoText reports whether there is no output for people: it is unwanted, or JSON comes in its place.
func (a *App) NoText() bool { return a.Quiet || a.JSON }

// Form returns the form of an output that is text or JSON.
func (a *App) Form() show.Form {
	if a.JSON {
		return show.JSON
	}
	return show.Text
}

// Text returns standard output with known secrets masked, and without commands to GitHub's
// runner, for text that people read. Data that must not change goes to Stdout itself.
func (a *App) Text() io.Writer { return console.NewOutput(a.Stdout, a.SafeText) }

// StdoutFor returns Stdout for a form that programs read, else Text.
func (a *App) StdoutFor(form show.Form) io.Writer {
	if form.ForPrograms() {
		return a.Stdout
	}
	return a.Text()
}

// SafeText masks the known secrets in a text. Where GitHub's runner reads the output, it also
// breaks what the runner would take for a command: endpoints, files and programs write such
// text too.
func (a *App) SafeText(text string) string {
	if text = a.Mask(text); !a.runnerReads() {
		return text
	}
	if json.Valid([]byte(text)) { // a report; the same value is written
		return strings.ReplaceAll(text, "##[", `##\u005b`)
	}
	return console.BreakCommands(text)
}

func (a *App) runnerReads() bool {
	is, _ := a.LookupEnv("GITHUB_ACTIONS")
	return a.GitHub || is == "true"
}

// Out returns the colors of standard output.
func (a *App) Out() console.Palette { return a.palette(a.Stdout) }

// Err returns the colors of standard error.
func (a *App) Err() console.Palette { return a.palette(a.Stderr) }

func (a *App) palette(w io.Writer) console.Palette {
	return console.NewPalette(console.Enabled(console.Mode(a.Color), w, a.LookupEnv))
}

// Width returns the columns of standard output, 0 for no limit.
func (a *App) Width() int { return console.Width(a.Stdout, a.LookupEnv) }

// Style returns how a command shows things on standard output. The width of a terminal may
// change; any other is determined once.
func (a *App) Style() show.Style {
	width := a.Width
	if !console.IsTerminal(a.Stdout) {
		fixed := width()
		width = func() int { return fixed }
	}
	return show.Style{Palette: a.Out(), Width: width, Secrets: a.ShowSecrets, Known: &a.Known, Quiet: a.Quiet, Verbose: a.Verbose}
}

// IsAnimated reports whether w is a terminal that can redraw a line.
func (a *App) IsAnimated(w io.Writer) bool {
	term, _ := a.LookupEnv("TERM")
	return term != "dumb" && console.IsTerminal(w)
}

// Fit wraps a text that follows an indent to the width of the terminal. Text that fits is
// unchanged.
func (a *App) Fit(text string, indent int) []string { return console.Fit(text, a.Width(), indent) }

// PrintJSON prints one value: indented and in color on a terminal, else on one line. <, > and &
// are not escaped.
func (a *App) PrintJSON(value any) error {
	out := show.AppendJSONLine(nil, value)
	if p := a.Out(); p.Enabled() || console.IsTerminal(a.Stdout) {
		out = console.JSON(bytes.TrimSuffix(out, []byte("\n")), p)
	}
	_, err := a.Stdout.Write(out)
	return err
}

// LimitMemory sets the soft memory limit, unless the user has set one, and returns a function that restores
// it.
func (a *App) LimitMemory(limit int64) (restore func()) {
	before := debug.SetMemoryLimit(-1)
	if _, own := a.LookupEnv("GOMEMLIMIT"); !own {
		debug.SetMemoryLimit(limit)
	}
	return func() { debug.SetMemoryLimit(before) }
}
