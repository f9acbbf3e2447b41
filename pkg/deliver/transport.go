package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"
)

// TLSOptions say which certificates of a target are accepted. The zero value takes
// what the system trusts.
type TLSOptions struct {
	// Insecure accepts every certificate.
	Insecure bool

	// CAFile names a file of PEM certificates, which are then the only authorities
	// that count, as with curl's --cacert. Empty means the system's.
	CAFile string
}

// idleTimeout is how long an unused connection is kept, when it is.
const idleTimeout = 90 * time.Second

// headLimit is how many bytes the head of a reply may have. The HTTP library would take
// 10 MiB of each, and a load has thousands under way.
const headLimit = 256 << 10

// NewTransport makes a transport that adds nothing to a request. It keeps so many
// connections for later requests; with 0, each request has one of its own. It speaks
// HTTP/1.1 only and takes a proxy from the environment, though never for a loopback
// address. The error is about the CA file.
func NewTransport(options TLSOptions, kept int) (*http.Transport, error) {
	config, err := tlsConfig(options)
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
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		Protocols:           protocols,
		DisableCompression:  true,
		MaxIdleConnsPerHost: kept,
		IdleConnTimeout:     idleTimeout,

		MaxResponseHeaderBytes: headLimit,
	}, nil
}

func tlsConfig(options TLSOptions) (*tls.Config, error) {
	if options == (TLSOptions{}) {
		return nil, nil
	}
	config := &tls.Config{InsecureSkipVerify: options.Insecure}
	if options.CAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(options.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s holds no certificate in PEM form", options.CAFile)
	}
	return config, nil
}
