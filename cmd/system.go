package cmd

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
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
	Transport      func(deliver.TLSOptions, int) (*http.Transport, error)
	Guard          func(end func()) (release func()) // calls end before this process is made to end at once
	Templates      fs.FS                             // the embedded templates, with the folders events and scenarios
	Build          Build
}

// app is a System with the global flags of this run.
type app struct {
	System
	globals
}

// globals are the flags that every command takes.
type globals struct {
	config      string
	profile     string
	color       string
	quiet       bool
	verbose     bool
	showSecrets bool
}

// out colours what goes to standard output.
func (a *app) out() console.Palette { return a.palette(a.Stdout) }

// err colours what goes to standard error.
func (a *app) err() console.Palette { return a.palette(a.Stderr) }

func (a *app) palette(w io.Writer) console.Palette {
	return console.NewPalette(console.Enabled(console.Mode(a.color), w, a.LookupEnv))
}

// width is how many columns standard output has, 0 for no limit.
func (a *app) width() int { return console.Width(a.Stdout, a.LookupEnv) }
