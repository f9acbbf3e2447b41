package cli

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Network are the flags that say how an endpoint is reached, under the names that curl has
// for them, where it has any.
type Network struct {
	caCert                string
	clientCert, clientKey string
	resolve               []deliver.Resolve
	unixSocket            string
	noProxy               bool
}

// AddFlags adds the flags to f, the local or the persistent ones of c. --insecure is the
// configuration's too, so its value is read from there.
func (o *Network) AddFlags(c *cobra.Command, f *pflag.FlagSet) {
	f.Bool("insecure", false, "accept any TLS certificate")
	f.StringVar(&o.caCert, "cacert", "", "PEM file of the only certificates to trust")
	f.StringVar(&o.clientCert, "client-cert", "", "PEM file with the client certificate, and its key without --client-key")
	f.StringVar(&o.clientKey, "client-key", "", "PEM file with the key of --client-cert")
	f.Var(Repeated[deliver.Resolve]{&o.resolve, deliver.ParseResolve, "HOST:PORT:ADDR"}, "resolve", "address to connect to for a host and port; repeatable")
	f.StringVar(&o.unixSocket, "unix-socket", "", "Unix socket to connect to, instead of the URL's host")
	f.BoolVar(&o.noProxy, "no-proxy", false, "ignore HTTP_PROXY, HTTPS_PROXY and ALL_PROXY")
	NameArgument(f, "FILE", "cacert", "client-cert", "client-key")
	NameArgument(f, "PATH", "unix-socket")
	GroupFlags(f, ConnectionFlags, "insecure", "cacert", "client-cert", "client-key", "resolve", "unix-socket", "no-proxy")
	CompleteFiles(c, "cacert", "pem", "crt", "cer")
	CompleteFiles(c, "client-cert", "pem", "crt", "cer")
	CompleteFiles(c, "client-key", "pem", "key")
	CompleteFiles(c, "unix-socket", "sock", "socket")
}

// NetworkArguments returns the flags of a command for connection settings. The environment has the proxy.
func NetworkArguments(n deliver.Network) []string {
	args := n.Arguments("--client-cert", "--client-key")
	if n.NoProxy {
		args = append(args, "--no-proxy")
	}
	return args
}

// Files returns the files that are read; an empty name means none.
func (o *Network) Files() []string { return []string{o.caCert, o.clientCert, o.clientKey} }

// NetworkOf returns the connection settings of the flags and the environment.
func (a *App) NetworkOf(o Network, insecure bool) (deliver.Network, error) {
	if o.clientCert == "" && o.clientKey != "" {
		return deliver.Network{}, Usage(errors.New("--client-key requires --client-cert"), "set both; with --client-cert alone, its file must contain both.")
	}
	if err := deliver.CheckSocketPath(o.unixSocket); err != nil {
		return deliver.Network{}, Usage(fmt.Errorf("--unix-socket: %w", err), "use a shorter path, such as a relative one.")
	}
	return deliver.Network{
		Insecure: insecure, CAFile: o.caCert, CertFile: o.clientCert, KeyFile: o.clientKey,
		Resolve: o.resolve, UnixSocket: o.unixSocket,
		Proxy: deliver.EnvironmentProxy(a.LookupEnv), NoProxy: o.noProxy,
	}, nil
}

// NoteProxy prints the proxy for requests to u, with --verbose.
func (a *App) NoteProxy(n deliver.Network, u *url.URL) {
	if proxy, err := n.ProxyFor(u); a.Verbose && err == nil && proxy != nil {
		a.Note(fmt.Sprintf("requests to %s use the proxy %s.", deliver.Address(u), redact.URL(proxy.String())))
	}
}

// badFiles names the flags whose files cannot be used.
func badFiles(err error) error {
	var client *deliver.ClientCertificateError
	if errors.As(err, &client) {
		return Usage(fmt.Errorf("--client-cert and --client-key: %w", client.Err), "use a certificate and its key in PEM format; set --client-key if the key is in another file.")
	}
	return Usage(err, "use a file of certificates in PEM format.")
}
