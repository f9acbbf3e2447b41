package receive

import "golang.org/x/sys/windows"

// errInUse is Winsock's own number; the one in syscall is made up.
const errInUse = windows.WSAEADDRINUSE
