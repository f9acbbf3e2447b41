package console

import (
	"io"
	"strconv"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// IsTerminal reports whether stream, a reader or a writer, is a file that is a
// terminal. The terminals of Cygwin and Git for Windows count.
func IsTerminal(stream any) bool {
	file, ok := fileBehind(stream)
	return ok && (isatty.IsTerminal(file.Fd()) || isatty.IsCygwinTerminal(file.Fd()))
}

// Width is the width in columns for output to w: that of the terminal, else that of
// COLUMNS, else 0, which is unlimited.
func Width(w io.Writer, lookupEnv func(string) (string, bool)) int {
	if file, ok := fileBehind(w); ok {
		// A terminal whose size is not set returns 0.
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	columns, _ := lookupEnv("COLUMNS")
	width, err := strconv.Atoi(columns)
	if err != nil || width < 0 {
		return 0
	}
	return width
}
