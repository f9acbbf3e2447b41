package load

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// ForeignHostError says that a load would leave this machine.
type ForeignHostError struct {
	Host    string
	Address netip.Addr // what the host's name stands for, if it is a name
}

func (e *ForeignHostError) Error() string {
	if e.Address.IsValid() && e.Address.String() != e.Host {
		return fmt.Sprintf("%s is %s, which is not this machine", e.Host, e.Address)
	}
	return e.Host + " is not this machine"
}

// Lookup finds the addresses of a host, such as net.Resolver.LookupNetIP with "ip".
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// CheckHost refuses a URL that leads away from this machine, with a ForeignHostError,
// unless its host is among the allowed ones. Every address of the host counts.
func CheckHost(ctx context.Context, u *url.URL, allowed []string, lookup Lookup) error {
	host := u.Hostname()
	if isAllowed(host, allowed) {
		return nil
	}
	addresses := make([]netip.Addr, 1)
	var err error
	if addresses[0], err = netip.ParseAddr(host); err != nil {
		if addresses, err = lookup(ctx, host); err != nil {
			return fmt.Errorf("look up %s: %w", host, err)
		}
	}
	for _, a := range addresses {
		if !deliver.IsLoopback(a.String()) {
			return &ForeignHostError{Host: host, Address: a.Unmap()}
		}
	}
	return nil
}

func isAllowed(host string, allowed []string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) })
}

// stayHere keeps a transport on this machine, whatever a name stands for by the time
// of the connection, and away from proxies.
func stayHere(transport *http.Transport) {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err == nil && !deliver.IsLoopback(to.Addr().String()) {
			return &ForeignHostError{Host: to.Addr().String()}
		}
		return err
	}}
	transport.Proxy = nil
	transport.DialContext = dialer.DialContext
}
