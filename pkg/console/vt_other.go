//go:build !windows

package console

import "io"

// obeyCodes has nothing to do: a terminal here obeys colour codes as it is.
func obeyCodes(io.Writer) {}
