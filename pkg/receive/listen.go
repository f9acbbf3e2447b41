package receive

import (
	"context"
	"errors"
	"fmt"
	"net"

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

// Listen binds host:port; port 0 is any free one. The error is a *ListenError.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err == nil {
		return l, nil
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return nil, &ListenError{Addr: addr, InUse: errors.Is(err, errInUse), Err: op.Err}
	}
	return nil, &ListenError{Addr: addr, InUse: errors.Is(err, errInUse), Err: err}
}

// IsLoopback says whether only this machine can reach an address that is listened on.
func IsLoopback(addr net.Addr) bool {
	host, _, _ := net.SplitHostPort(addr.String())
	return deliver.IsLoopback(host)
}
