package console

import (
	"io"

	"golang.org/x/sys/windows"
)

// obeyCodes makes the console behind w obey colour codes. The colour library
// does so for standard output alone, which leaves standard error showing raw
// codes when standard output is redirected. A w that is no console is left as
// it is.
func obeyCodes(w io.Writer) {
	file, ok := fileBehind(w)
	if !ok {
		return
	}
	handle := windows.Handle(file.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) != nil {
		return
	}
	mode |= windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	// A console that refuses is older than the code can help.
	_ = windows.SetConsoleMode(handle, mode)
}
