package deliver

import (
	"context"
	"errors"
	"net"
	"slices"
)

// ErrAvoided reports a connection to a listener of Network.Avoid. Nothing was sent.
var ErrAvoided = errors.New("the address is one that nothing may be sent to")

// avoiding returns a dial function that closes connections to some listeners. The connection itself
// tells where it leads, whatever the name in the URL resolves to.
func avoiding(dial func(ctx context.Context, network, address string) (net.Conn, error), listeners []net.Addr) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil || !slices.ContainsFunc(listeners, func(l net.Addr) bool { return leadsTo(conn, l) }) {
			return conn, err
		}
		return nil, errors.Join(&Failure{Kind: KindOther, Message: ErrAvoided.Error(), Address: address, Err: ErrAvoided}, conn.Close())
	}
}

// leadsTo reports whether a connection is one to a listener.
func leadsTo(conn net.Conn, listener net.Addr) bool {
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	bound, isTCP := listener.(*net.TCPAddr)
	if !ok || !isTCP {
		return conn.RemoteAddr().Network() == listener.Network() && conn.RemoteAddr().String() == listener.String()
	}
	if remote.Port != bound.Port {
		return false
	}
	local, _ := conn.LocalAddr().(*net.TCPAddr)
	isOwn := remote.IP.IsLoopback() || local != nil && local.IP.Equal(remote.IP)
	return remote.IP.Equal(bound.IP) || bound.IP.IsUnspecified() && isOwn
}
