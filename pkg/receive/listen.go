package receive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// ListenError says that an address cannot be listened on.
type ListenError struct {
	Addr  string
	InUse bool // another program has it
	Err   error
}

func (e *ListenError) Error() string {
	if e.InUse {
		return e.Addr + " is in use by another program"
	}
	return fmt.Sprintf("cannot listen on %s: %v", e.Addr, e.Err)
}

func (e *ListenError) Unwrap() error { return e.Err }

// Unix stands before the path of a socket in the place of host:port.
const Unix = "unix:"

// Listen binds host:port, where port 0 is any free one, or unix:PATH, where a socket that
// nobody listens on any more is replaced. The error is a *ListenError.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	network, address := "tcp", addr
	if path, isUnix := strings.CutPrefix(addr, Unix); isUnix {
		if path == "" {
			return nil, &ListenError{Addr: addr, Err: errors.New("the path of the socket is missing")}
		}
		network, address = "unix", path
		removeStale(path)
	}
	l, err := config.Listen(ctx, network, address)
	if err == nil {
		return l, nil
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return nil, &ListenError{Addr: addr, InUse: errors.Is(err, errInUse), Err: op.Err}
	}
	return nil, &ListenError{Addr: addr, InUse: errors.Is(err, errInUse), Err: err}
}

// removeStale removes a socket that a listener has left behind.
func removeStale(path string) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		os.Remove(path)
		return
	}
	conn.Close()
}

// IsLoopback says whether only this machine can reach an address that is listened on.
func IsLoopback(addr net.Addr) bool {
	if addr.Network() == "unix" {
		return true
	}
	host, _, _ := net.SplitHostPort(addr.String())
	return deliver.IsLoopback(host)
}
