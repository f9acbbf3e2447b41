package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// AllowedHosts are the hosts, other than this machine, to which a command may send what could harm
// an endpoint.
type AllowedHosts struct {
	Hosts   []string
	command string // the name of the command
}

// AddFlag adds --allow-host to f, the flags of c.
func (h *AllowedHosts) AddFlag(c *cobra.Command, f *pflag.FlagSet, usage string) {
	h.command = c.Name()
	f.StringArrayVar(&h.Hosts, "allow-host", nil, usage)
	NameArgument(f, "HOST", "allow-host")
}

// Check returns an error when the host of a URL is neither this machine nor allowed.
func (h *AllowedHosts) Check(ctx context.Context, u *url.URL, n deliver.Network) error {
	err := deliver.CheckHost(ctx, u, h.Hosts, n.Lookup)
	const hint = "check the spelling of the name and the network."
	var remote *deliver.RemoteHostError
	var dns *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &dns) && dns.IsNotFound:
		return Unreachable(fmt.Errorf("unknown host %s", dns.Name), hint)
	case errors.As(err, &remote):
		return Usage(fmt.Errorf("%s sends to this machine only: %w", h.command, remote),
			"add --allow-host "+remote.Host+" if you may "+h.command+" that host.")
	}
	return Unreachable(err, hint)
}
