package receive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// ListenError reports an address that cannot be listened on.
type ListenError struct {
	Addr  string
	InUse bool // by another program
	Err   error
}

func (e *ListenError) Error() string {
	if e.InUse {
		return e.Addr + " is in use by another program"
	}
	return fmt.Sprintf("cannot listen on %s: %v", e.Addr, e.Err)
}

func (e *ListenError) Unwrap() error { return e.Err }

// Unix is the prefix of a socket's path in an address.
const Unix = "unix:"

// Listen listens on host:port, where port 0 is any free one, on a port of 127.0.0.1 without a host, or
// on unix:PATH, where a stale socket is replaced. The error is a *ListenError.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	if addr != "" && strings.Trim(addr, "0123456789") == "" {
		addr = net.JoinHostPort("127.0.0.1", addr)
	}
	network, address := "tcp", addr
	if path, isUnix := strings.CutPrefix(addr, Unix); isUnix {
		if path == "" {
			return nil, &ListenError{Addr: addr, Err: errors.New("the path of the socket is missing")}
		}
		if err := deliver.CheckSocketPath(path); err != nil {
			return nil, &ListenError{Addr: addr, Err: err}
		}
		network, address = "unix", path
		if err := removeStale(path); err != nil {
			return nil, &ListenError{Addr: addr, Err: err}
		}
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

// removeStale removes a socket on which no program listens. Another file stays, and is an error.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil // the caller's attempt says why, unless nothing is there
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("a file is there that is no socket")
	}
	conn, err := net.Dial("unix", path)
	switch {
	case err == nil:
		return conn.Close()
	case deliver.IsRefused(err):
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) { // another listener may remove it, too
			return err
		}
	}
	return nil // a program listens, but is too busy to accept, or the caller's attempt says why
}

// IsLoopback reports whether only this machine can reach the address of a listener.
func IsLoopback(addr net.Addr) bool {
	if addr.Network() == "unix" {
		return true
	}
	host, _, _ := net.SplitHostPort(addr.String())
	return deliver.IsLoopback(host)
}

// Reaches reports whether a connection to the target is one to the server that listens on bound: it
// would forward each request to itself, without end. Where a proxy is used, the connection is to the
// proxy. A loop over other programs is not detected.
func (f *Forwarder) Reaches(ctx context.Context, bound net.Addr) bool {
	if socket := f.Network.UnixSocket; socket != "" || bound.Network() == "unix" {
		return socket != "" && bound.Network() == "unix" && isSameSocket(socket, bound.String())
	}
	listener, ok := bound.(*net.TCPAddr)
	if !ok {
		return false
	}
	to := f.Target
	if proxy, err := f.Network.ProxyFor(to); err == nil && proxy != nil {
		to = proxy
	}
	address := deliver.Address(to)
	if _, port, _ := net.SplitHostPort(address); port != strconv.Itoa(listener.Port) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	found, _ := f.Network.Lookup(ctx, address)
	return slices.ContainsFunc(found, func(ip netip.Addr) bool { return reaches(ip.AsSlice(), listener.IP) })
}

// isSameSocket reports whether two paths name one socket.
func isSameSocket(a, b string) bool {
	if a == b {
		return true
	}
	first, err := os.Stat(a)
	second, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// reaches reports whether a connection to ip reaches a listener on bound. The unspecified address
// connects to this machine.
func reaches(ip, bound net.IP) bool {
	switch {
	case ip.Equal(bound):
		return true
	case ip.IsUnspecified():
		return bound.IsLoopback() || bound.IsUnspecified()
	case !bound.IsUnspecified():
		return false
	}
	return ip.IsLoopback() || isOwn(ip)
}

// isOwn reports whether a network interface of this machine has the address.
func isOwn(ip net.IP) bool {
	own, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(own, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(ip)
	})
}
