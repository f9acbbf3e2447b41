//go:build !windows

package console

import "io"

// processCodes does nothing: other terminals process color codes by default.
func processCodes(io.Writer) {}
