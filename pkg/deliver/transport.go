package deliver

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Network configures how an endpoint is reached. The zero value resolves its host, uses no proxy and
// trusts the system's authorities.
type Network struct {
	Insecure bool   // accept any certificate
	CAFile   string // PEM file of the only trusted authorities, as in curl's --cacert; "" means the system's
	CertFile string // PEM file of the client certificate; "" is none
	KeyFile  string // PEM file of its key; "" means CertFile

	Resolve    []Resolve
	UnixSocket string // connect here, whatever the URL says; "" connects over TCP
	LocalOnly  bool   // make no connection that leaves this machine, and use no proxy

	// Proxy returns the proxy of a URL, if any; nil means none. See EnvironmentProxy. NoProxy disables
	// it.
	Proxy   func(*url.URL) (*url.URL, error)
	NoProxy bool
}

// idleTimeout is how long an idle connection is kept.
const idleTimeout = 90 * time.Second

// headLimit is the limit of a response's headers in bytes. net/http would accept 10 MiB each, and a load
// has thousands in flight.
const headLimit = 256 << 10

// NewTransport returns a transport that adds nothing to a request and uses HTTP/1.1 only. It keeps the
// given number of idle connections for reuse; with 0, each request has its own. The error is about the
// certificate files.
func NewTransport(ctx context.Context, n Network, kept int) (*http.Transport, error) {
	config, err := n.tlsConfig(ctx)
	if err != nil {
		return nil, err
	}
	if kept <= 0 {
		// With -1, net/http closes a connection after the response. DisableKeepAlives would add
		// "Connection: close" to the request.
		kept = -1
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  n.proxyOf,
		OnProxyConnectResponse: tunnelRefused,
		DialContext:            newDialer(n).DialContext,
		TLSClientConfig:        config,
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    kept,
		IdleConnTimeout:        idleTimeout,

		MaxResponseHeaderBytes: headLimit,
	}, nil
}
