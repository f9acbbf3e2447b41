package deliver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
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
func NewTransport(ctx context.Context, options TLSOptions, kept int) (*http.Transport, error) {
	config, err := tlsConfig(ctx, options)
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

func tlsConfig(ctx context.Context, options TLSOptions) (*tls.Config, error) {
	if options == (TLSOptions{}) {
		return nil, nil
	}
	config := &tls.Config{InsecureSkipVerify: options.Insecure}
	if options.CAFile == "" {
		return config, nil
	}
	pem, err := readPEM(ctx, options.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s holds no certificate in PEM form", options.CAFile)
	}
	return config, nil
}

// LoadCertificate reads a certificate and its key from files in PEM form.
func LoadCertificate(ctx context.Context, certFile, keyFile string) (tls.Certificate, error) {
	certificate, err := readPEM(ctx, certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readPEM(ctx, keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, key)
}

// maxPEM is the most bytes that a file of certificates may have. All that a system trusts
// is a fifth of a MiB.
const maxPEM = 4 << 20

func readPEM(ctx context.Context, path string) ([]byte, error) {
	pem, err := textfile.ReadFile(ctx, path, maxPEM)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, textfile.Reason(err))
	}
	return pem, nil
}
