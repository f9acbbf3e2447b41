package deliver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// ClientCertificateError reports a client certificate or key that cannot be used.
type ClientCertificateError struct{ Err error }

func (e *ClientCertificateError) Error() string { return "client certificate: " + e.Err.Error() }

func (e *ClientCertificateError) Unwrap() error { return e.Err }

func (n Network) tlsConfig(ctx context.Context) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: n.Insecure, NextProtos: []string{"http/1.1"}}
	if n.CAFile != "" {
		pem, err := readPEM(ctx, n.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read CA file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("CA file %s has no certificate in PEM format", n.CAFile)
		}
	}
	if n.CertFile != "" {
		certificate, err := LoadCertificate(ctx, n.CertFile, n.KeyFile)
		if err != nil {
			return nil, &ClientCertificateError{err}
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

// LoadCertificate loads a certificate and its key from PEM files.
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
