package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/config"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Connection are the flags of every command that delivers.
type Connection struct {
	Settings  Settings // --to, --timeout, --insecure
	Headers   []string
	Network   Network
	KeepAlive bool
}

// AddFlags adds the flags to f, the local or the persistent ones of c. What the
// configuration holds too is read from there, with the flags laid over it.
func (o *Connection) AddFlags(c *cobra.Command, f *pflag.FlagSet) {
	f.StringP("to", "t", "", "URL of the endpoint (default: 'to' in the configuration)")
	f.StringArrayVarP(&o.Headers, "header", "H", nil, "header to add or replace, as 'Name: value'; 'Name;' sends it empty, 'Name:' removes it; repeatable")
	f.Duration("timeout", 0, "time limit of a delivery attempt (0: none)")
	NameArgument(f, "URL", "to")
	NameArgument(f, "HEADER", "header")
	GroupFlags(f, DeliveryFlags, "to", "header", "timeout")
	o.Network.AddFlags(c, f)
	o.Settings = TrackSettings(f, "to", "timeout", "insecure")
	Complete(c, "header", CompleteHeaders)
}

// KeepAliveFlag adds --keep-alive to f, for a command that otherwise opens a connection for
// each delivery.
func (o *Connection) KeepAliveFlag(f *pflag.FlagSet) {
	f.BoolVar(&o.KeepAlive, "keep-alive", false, "reuse connections; by default each delivery opens its own, as curl does")
	GroupFlags(f, ConnectionFlags, "keep-alive")
}

// Kept is how many connections are kept where there are up to parallel deliveries at once.
func (o *Connection) Kept(parallel int) int {
	if o.KeepAlive {
		return parallel
	}
	return 0
}

// ConnectionArguments returns the flags of a command line that say how the endpoint is reached, as
// `send` has them too.
func ConnectionArguments(c *cobra.Command) []string {
	shared := &cobra.Command{}
	var connection Connection
	connection.AddFlags(shared, shared.Flags())
	connection.KeepAliveFlag(shared.Flags())
	return Arguments(c, func(f *pflag.Flag) bool {
		isGlobal := f.Name == "config" || f.Name == "profile"
		return f.Name != "to" && f.Name != "header" && (isGlobal || shared.Flags().Lookup(f.Name) != nil)
	})
}

// Arguments returns the flags of a command line that are to be kept, for another one.
func Arguments(c *cobra.Command, keep func(*pflag.Flag) bool) []string {
	var args []string
	c.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case !keep(f):
			return
		case f.NoOptDefVal != "" && f.Value.String() == f.NoOptDefVal:
			args = append(args, "--"+f.Name)
			return
		case f.NoOptDefVal != "":
			args = append(args, "--"+f.Name+"="+f.Value.String())
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(interface{ GetSlice() []string }); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			args = append(args, "--"+f.Name, v)
		}
	})
	return args
}

// CheckLoopback rejects --loopback together with a flag that names another endpoint.
func (o *Connection) CheckLoopback(toTyped bool) error {
	var other string
	switch {
	case toTyped:
		other = "--to"
	case o.Network.unixSocket != "":
		other = "--unix-socket"
	default:
		return nil
	}
	return Usage(fmt.Errorf("--loopback cannot be used with %s", other), "use one of them.")
}

// CompleteHeaders completes the names of headers that receivers often check.
func CompleteHeaders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"Authorization: Bearer ", "X-Api-Key: ", "User-Agent: ", "Content-Type: "},
		cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// ParseHeaders lays the headers of the command line over the configured ones. Those
// of the command line keep the spelling that the user gave them. What is secret in them is
// known from then on.
func (a *App) ParseHeaders(configured, typed []string) ([]deliver.Header, error) {
	base, err := parseHeaders(configured)
	if err != nil {
		return nil, err
	}
	over, err := parseHeaders(typed)
	if err != nil {
		return nil, err
	}
	for _, h := range over {
		a.Known.AddHeader(h.Name, h.Value)
	}
	return deliver.Override(base, over), nil
}

func parseHeaders(lines []string) ([]deliver.Header, error) {
	var parsed []deliver.Header
	for _, line := range lines {
		h, err := deliver.ParseHeader(line)
		if err != nil {
			return nil, Usage(err, "write -H 'X-Api-Key: abc' to set a header, or -H 'User-Agent:' to remove one.")
		}
		parsed = append(parsed, h)
	}
	return parsed, nil
}

// OpenTransport is what a client sends over. It keeps so many connections; see
// deliver.NewTransport.
func (a *App) OpenTransport(ctx context.Context, network deliver.Network, kept int) (*http.Transport, error) {
	transport, err := a.Transport(ctx, network, kept)
	if err != nil {
		return nil, badFiles(err)
	}
	return transport, nil
}

// ParseTarget parses the URL of the endpoint.
func ParseTarget(url string, headers []deliver.Header) (deliver.Target, error) {
	if url == "" {
		return deliver.Target{}, Usage(fmt.Errorf("no endpoint URL"),
			"set --to, or `to` in "+config.FileName+". No endpoint yet? Run `apizee-hooks listen` in another terminal.")
	}
	u, err := deliver.ParseURL(url)
	if err != nil {
		return deliver.Target{}, Usage(err, "use a URL such as http://localhost:3000/apizeehooks/.")
	}
	return deliver.Target{URL: u, Headers: headers}, nil
}

// Endpoint returns the endpoint of a command, and the configuration.
func (a *App) Endpoint(ctx context.Context, o *Connection) (config.Config, deliver.Target, error) {
	loaded, err := a.Load(ctx, o.Settings)
	if err != nil {
		return config.Config{}, deliver.Target{}, err
	}
	headers, err := a.ParseHeaders(loaded.Config.Headers, o.Headers)
	if err != nil {
		return config.Config{}, deliver.Target{}, err
	}
	target, err := ParseTarget(loaded.Config.To, headers)
	return loaded.Config, target, err
}
