package deliver

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/textfile"
)

// ClientCertificateError reports a client certificate or key that cannot be used.
type ClientCertificateError struct{ Err error }

func (e *ClientCertificateError) Error() string { return "client certificate: " + e.Err.Error() }

func (e *ClientCertificateError) Unwrap() error { return e.Err }

func (n Network) tlsConfig(ctx context.Context) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: n.Insecure, NextProtos: []string{"http/1.1"}}
	if n.CAFile != "" {
		authorities, err := readPEM(ctx, n.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read CA file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(authorities) {
			return nil, fmt.Errorf("CA file %s has no certificate in PEM format", n.CAFile)
		}
	}
	if n.CertFile != "" {
		certificate, err := LoadCertificate(ctx, n.CertFile, cmp.Or(n.KeyFile, n.CertFile))
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
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		if problem := keyProblem(key); problem != "" {
			return pair, fmt.Errorf("%s: %s", keyFile, problem)
		}
	}
	return pair, err
}

// keyProblem returns why PEM data has no usable private key, or "".
func keyProblem(data []byte) string {
	for {
		block, rest := pem.Decode(data)
		switch {
		case block == nil:
			return "no private key in PEM format"
		case block.Type == "ENCRYPTED PRIVATE KEY", strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return "the private key is encrypted; use one without a passphrase"
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return ""
		}
		data = rest
	}
}

// maxPEM is the most bytes that a file of certificates may have. All that a system trusts
// is a fifth of a MiB.
const maxPEM = 4 << 20

func readPEM(ctx context.Context, path string) ([]byte, error) {
	text, err := textfile.ReadFile(ctx, path, maxPEM)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, textfile.Reason(err))
	}
	return text, nil
}
