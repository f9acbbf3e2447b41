package deliver

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// RemoteHostError says that a host is not this machine, and not allowed.
type RemoteHostError struct {
	Host    string
	Address netip.Addr // the address of the host, if Host is a name
}

func (e *RemoteHostError) Error() string {
	if e.Address.IsValid() && e.Address.String() != e.Host {
		return fmt.Sprintf("%s is %s, which is not this machine", e.Host, e.Address)
	}
	return e.Host + " is not this machine"
}

// Lookup returns the addresses of HOST:PORT, as Network.Lookup does.
type Lookup func(ctx context.Context, address string) ([]netip.Addr, error)

// CheckHost returns a RemoteHostError if any address of the URL's host is not on this machine,
// unless the host is allowed.
func CheckHost(ctx context.Context, u *url.URL, allowed []string, lookup Lookup) error {
	host := u.Hostname()
	if IsAllowed(host, allowed) {
		return nil
	}
	addresses, err := lookup(ctx, Address(u))
	if err != nil {
		return fmt.Errorf("look up %s: %w", host, err)
	}
	for _, a := range addresses {
		if !isLocal(a) {
			return &RemoteHostError{Host: host, Address: a.Unmap()}
		}
	}
	return nil
}

// IsAllowed reports whether a host is one of those that are allowed wherever they are.
func IsAllowed(host string, allowed []string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) })
}
