//go:build !windows

package receive

import "syscall"

const errInUse = syscall.EADDRINUSE
