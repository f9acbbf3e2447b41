//go:build !windows

package deliver

import "syscall"

func refusedErrnos() []syscall.Errno { return []syscall.Errno{syscall.ECONNREFUSED} }

func resetErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE}
}

func unreachableErrnos() []syscall.Errno {
	return []syscall.Errno{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN}
}
