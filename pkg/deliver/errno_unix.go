//go:build !windows

package deliver

import "syscall"

func refusedErrnos() []syscall.Errno { return []syscall.Errno{syscall.ECONNREFUSED} }

// noPortErrnos are also returned for an address family that this machine does not have.
func noPortErrnos() []syscall.Errno { return []syscall.Errno{syscall.EADDRNOTAVAIL} }

func resetErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE}
}

func unreachableErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN}
}
