//go:build !windows

package console

import (
	"errors"
	"syscall"
)

// isGone says whether a write failed because nobody reads any more.
func isGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
