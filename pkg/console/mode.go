package console

import (
	"io"
)

// Mode is when to use color.
type Mode string

// The modes. The zero Mode means Auto.
const (
	Auto   Mode = "auto"   // on a terminal, unless the environment says otherwise
	Always Mode = "always" // even into a file or a pipe
	Never  Mode = "never"
)

// Modes lists them, for help and completion.
func Modes() []string {
	return []string{string(Auto), string(Always), string(Never)}
}

// Enabled reports whether output to w is colored. Always and Never decide alone.
// Otherwise a non-empty NO_COLOR (no-color.org) turns color off, FORCE_COLOR turns
// it on unless it is empty or "0", TERM=dumb turns it off, and else color is on if w
// is a terminal.
//
// On Windows it also makes the console of w process color codes.
func Enabled(mode Mode, w io.Writer, lookupEnv func(string) (string, bool)) bool {
	if !wanted(mode, w, lookupEnv) {
		return false
	}
	processCodes(w)
	return true
}

func wanted(mode Mode, w io.Writer, lookupEnv func(string) (string, bool)) bool {
	env := func(name string) string {
		value, _ := lookupEnv(name)
		return value
	}
	force := env("FORCE_COLOR")
	switch {
	case mode == Always:
		return true
	case mode == Never, env("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	case env("TERM") == "dumb":
		return false
	}
	return IsTerminal(w)
}
