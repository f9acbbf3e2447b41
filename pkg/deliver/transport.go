package deliver

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Network says how an endpoint is reached. The zero value looks its name up, uses no proxy
// and trusts what the system trusts.
type Network struct {
	Insecure bool   // accept every certificate
	CAFile   string // PEM: the only authorities that count, as with curl's --cacert; "" means the system's
	CertFile string // PEM: the certificate that this side presents, and its key; "" presents none
	KeyFile  string

	Resolve    []Resolve
	UnixSocket string // connect here, whatever the URL says; "" connects over TCP
	LocalOnly  bool   // make no connection that leaves this machine, and use no proxy

	// Proxy finds the proxy for a URL, if any; nil finds none. See EnvironmentProxy. NoProxy
	// uses none.
	Proxy   func(*url.URL) (*url.URL, error)
	NoProxy bool
}

// idleTimeout is how long an unused connection is kept, when it is.
const idleTimeout = 90 * time.Second

// headLimit is how many bytes the head of a reply may have. The HTTP library would take
// 10 MiB of each, and a load has thousands under way.
const headLimit = 256 << 10

// NewTransport makes a transport that adds nothing to a request and speaks HTTP/1.1 only.
// It keeps so many connections for later requests; with 0, each request has one of its own.
// The error is about the files of certificates.
func NewTransport(ctx context.Context, n Network, kept int) (*http.Transport, error) {
	config, err := n.tlsConfig(ctx)
	if err != nil {
		return nil, err
	}
	if kept <= 0 {
		// Told to keep none, the library closes a connection after the reply, without a word
		// in the request. DisableKeepAlives would add "Connection: close".
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
