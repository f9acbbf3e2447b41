package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
)

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
