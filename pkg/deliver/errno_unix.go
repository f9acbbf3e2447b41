//go:build !windows

package deliver

import "syscall"

func refusedErrnos() []syscall.Errno { return []syscall.Errno{syscall.ECONNREFUSED} }

// noPortErrnos also stand for an address of a kind that this machine has none of.
func noPortErrnos() []syscall.Errno { return []syscall.Errno{syscall.EADDRNOTAVAIL} }

func resetErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE}
}

func unreachableErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN}
}
