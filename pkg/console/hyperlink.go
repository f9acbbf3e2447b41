package console

import (
	"io"
	"strconv"
	"strings"
)

// Hyperlinks reports whether w is a terminal that is known to show the links of [Link]. Others print
// their bytes, so an unknown terminal gets none. FORCE_HYPERLINK decides alone: 0 is none.
func Hyperlinks(w io.Writer, lookupEnv func(string) (string, bool)) bool {
	if force, isSet := lookupEnv("FORCE_HYPERLINK"); isSet && force != "" {
		return force != "0" && IsTerminal(w)
	}
	return IsTerminal(w) && showsLinks(func(name string) string {
		value, _ := lookupEnv(name)
		return value
	})
}

// showsLinks reports whether the variables are those that a terminal with links sets.
func showsLinks(env func(string) string) bool {
	term, program := env("TERM"), env("TERM_PROGRAM")
	switch {
	case term == "dumb":
		return false
	case env("TMUX") != "": // the other variables are of the terminal that it runs in
		return program == "tmux" && isFrom(env("TERM_PROGRAM_VERSION"), 3, 4)
	case env("STY") != "": // GNU screen
		return false
	}
	switch program {
	case "WezTerm", "vscode", "ghostty", "Hyper", "rio":
		return true
	case "iTerm.app":
		return isFrom(env("TERM_PROGRAM_VERSION"), 3, 1)
	}
	for _, name := range []string{"xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm"} {
		if term == name || strings.HasPrefix(term, name+"-") {
			return true
		}
	}
	const (
		vte     = 5000   // 0.50: earlier ones crash
		konsole = 201200 // 20.12
	)
	return env("WT_SESSION") != "" || number(env("VTE_VERSION")) >= vte || number(env("KONSOLE_VERSION")) >= konsole
}

// isFrom reports whether a version such as "3.4a" is that or a later one.
func isFrom(version string, major, minor int) bool {
	first, rest, _ := strings.Cut(version, ".")
	second := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		second = rest[:end]
	}
	return number(first) > major || number(first) == major && number(second) >= minor
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// Link returns a text that opens a URL when it is clicked (OSC 8). The URL must have no control
// characters.
func Link(url, text string) string {
	const end = "\x1b\\"
	return "\x1b]8;;" + url + end + text + "\x1b]8;;" + end
}
