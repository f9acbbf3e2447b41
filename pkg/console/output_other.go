//go:build !windows

package console

import (
	"errors"
	"syscall"
)

// isGone reports whether a write failed because the reader has closed the pipe.
func isGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
