package console

import (
	"io"

	"golang.org/x/sys/windows"
)

// processCodes makes the console of w process color codes. The color library does so
// only for standard output, and standard error would show raw codes when standard
// output is redirected. It does nothing when w is not a console.
func processCodes(w io.Writer) {
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
	// Consoles of old versions of Windows do not support it.
	_ = windows.SetConsoleMode(handle, mode)
}
