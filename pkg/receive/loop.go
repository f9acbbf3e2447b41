package receive

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Reaches says whether the target is a server that listens on bound: what it passes on would
// then come back to it, for ever.
func (f *Forwarder) Reaches(ctx context.Context, bound net.Addr) bool {
	listener, ok := bound.(*net.TCPAddr)
	if !ok {
		return false
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", targetPort(f.Target))
	if err != nil || port != listener.Port {
		return false
	}
	return slices.ContainsFunc(addresses(ctx, f.Target.Hostname()), func(ip net.IP) bool { return reaches(ip, listener.IP) })
}

func targetPort(target *url.URL) string { return cmp.Or(target.Port(), target.Scheme) }

// addresses are what a name stands for. One that cannot be looked up is not this machine's.
func addresses(ctx context.Context, name string) []net.IP {
	if strings.EqualFold(strings.TrimSuffix(name, "."), "localhost") {
		return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	found, _ := net.DefaultResolver.LookupIP(ctx, "ip", name)
	return found
}

// reaches says whether a connection to ip comes to a listener on bound. To connect to the
// unspecified address is to connect to this machine.
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

// isOwn says whether a network interface of this machine has the address.
func isOwn(ip net.IP) bool {
	own, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(own, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(ip)
	})
}
