package deliver

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
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

// noTrust explains failures of TLS.
func (c circumstances) noTrust(err error) (Failure, bool) {
	f := Failure{Kind: KindTLS}
	to := Address(c.url)

	var notTLS tls.RecordHeaderError
	var unverified *tls.CertificateVerificationError
	alert := alertIn(err)
	switch {
	case errors.As(err, &notTLS):
		f.Message = to + " does not use TLS"
		f.Hint = "use http:// instead of https://"
	case errors.As(err, &unverified):
		return untrusted(to, unverified.Err), true
	case alert != nil && strings.HasSuffix(alert.Error(), "no application protocol"):
		f = c.needsHTTP2()
	case alert != nil && strings.HasSuffix(alert.Error(), "certificate required"):
		f.Message, f.Remedy = to+" requires a client certificate", RemedyClientCertificate
	case c.seen.tlsFailed, alert != nil:
		if alert != nil {
			err = alert // without the wrapping of net/http
		}
		f.Message = fmt.Sprintf("the TLS handshake with %s failed: %v", to, err)
		f.Hint = "check that the server uses TLS on this port, and which versions and certificates it requires"
	default:
		return Failure{}, false
	}
	return f, true
}

func untrusted(to string, err error) Failure {
	f := Failure{Kind: KindTLS, Remedy: RemedyAnyCertificate}
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		f.Message, f.Remedy = fmt.Sprintf("the certificate of %s is from an unknown authority", to), RemedyAuthority
	case errors.As(err, &name):
		f.Message = fmt.Sprintf("the certificate of %s is not for %s", to, name.Host)
		f.Hint = "use a name in the certificate"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Message = fmt.Sprintf("the certificate of %s has expired or is not valid yet", to)
		f.Hint = "renew it and check the clock"
	default:
		f.Message, f.Remedy = fmt.Sprintf("the certificate of %s cannot be trusted: %v", to, err), RemedyAuthority
	}
	return f
}

// alertIn returns the TLS alert of the server in err, or nil. It can be sent after the handshake, such
// as for a missing client certificate. The type of an alert is not exported.
func alertIn(err error) *net.OpError {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op
	}
	return nil
}
