package console

import (
	"io"
)

// Mode says when to colour.
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

// Enabled reports whether what is written to w is to be coloured. Always and
// Never settle it. Otherwise a non-empty NO_COLOR (no-color.org) turns colour
// off, FORCE_COLOR turns it on unless it is empty or "0", TERM=dumb turns it
// off, and what is left to decide is whether w is a terminal.
//
// On Windows it also asks the console behind w to obey colour codes.
func Enabled(mode Mode, w io.Writer, lookupEnv func(string) (string, bool)) bool {
	if !wanted(mode, w, lookupEnv) {
		return false
	}
	obeyCodes(w)
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
