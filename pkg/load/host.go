package load

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

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

// Lookup finds the addresses of HOST:PORT, as deliver.Network.Lookup does.
type Lookup func(ctx context.Context, address string) ([]netip.Addr, error)

// CheckHost refuses a URL that leads away from this machine, with a ForeignHostError,
// unless its host is among the allowed ones. Every address of the host counts.
func CheckHost(ctx context.Context, u *url.URL, allowed []string, lookup Lookup) error {
	host := u.Hostname()
	if IsAllowed(host, allowed) {
		return nil
	}
	addresses, err := lookup(ctx, deliver.Address(u))
	if err != nil {
		return fmt.Errorf("look up %s: %w", host, err)
	}
	for _, a := range addresses {
		if !deliver.IsLocal(a) {
			return &ForeignHostError{Host: host, Address: a.Unmap()}
		}
	}
	return nil
}

// IsAllowed reports whether a host is one that a load may go to, wherever it is.
func IsAllowed(host string, allowed []string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, host) })
}
