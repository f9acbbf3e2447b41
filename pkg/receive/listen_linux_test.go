package receive

import (
	"errors"
	"net"
	"path/filepath"
	"syscall"
	"testing"
)

// A socket is replaced if no program listens on it, and kept if a program is too busy to accept.
func TestListenOnSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for err == nil { // until its queue is full
		var c net.Conn
		if c, err = net.Dial("unix", path); err == nil {
			defer c.Close()
		}
	}
	var failure *ListenError
	if _, err := Listen(t.Context(), Unix+path); !errors.As(err, &failure) || !failure.InUse {
		t.Errorf("got %v", err)
	}
	syscall.Close(fd)
	l, err := Listen(t.Context(), Unix+path)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
