package deliver

import "syscall"

// These are Winsock's numbers. Package syscall has few of them, and its own ECONNREFUSED and the like
// never occur on Windows.
const (
	wsaEADDRINUSE   syscall.Errno = 10048
	wsaENETDOWN     syscall.Errno = 10050
	wsaENETUNREACH  syscall.Errno = 10051
	wsaECONNABORTED syscall.Errno = 10053
	wsaECONNRESET   syscall.Errno = 10054
	wsaECONNREFUSED syscall.Errno = 10061
	wsaENOBUFS      syscall.Errno = 10055
	wsaEHOSTDOWN    syscall.Errno = 10064
	wsaEHOSTUNREACH syscall.Errno = 10065
)

func refusedErrnos() []syscall.Errno { return []syscall.Errno{wsaECONNREFUSED} }

func noPortErrnos() []syscall.Errno { return []syscall.Errno{wsaEADDRINUSE, wsaENOBUFS} }

func resetErrnos() []syscall.Errno { return []syscall.Errno{wsaECONNRESET, wsaECONNABORTED} }

func unreachableErrnos() []syscall.Errno {
	return []syscall.Errno{wsaEHOSTUNREACH, wsaENETUNREACH, wsaEHOSTDOWN, wsaENETDOWN}
}
