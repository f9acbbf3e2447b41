package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
)

// noTrust knows the failures of an encrypted connection.
func (c circumstances) noTrust(err error) (Failure, bool) {
	f := Failure{Kind: KindTLS}
	to := Address(c.url)

	var notTLS tls.RecordHeaderError
	var unverified *tls.CertificateVerificationError
	alert := alertIn(err)
	switch {
	case errors.As(err, &notTLS):
		f.Message = to + " does not speak TLS"
		f.Hint = "use http:// in place of https://"
	case errors.As(err, &unverified):
		return untrusted(to, unverified.Err), true
	case alert != nil && strings.HasSuffix(alert.Error(), "no application protocol"):
		f = c.wantsHTTP2()
	case c.seen.tlsFailed, alert != nil:
		if alert != nil {
			err = alert // not what the HTTP library wraps it in
		}
		f.Message = fmt.Sprintf("the TLS handshake with %s failed: %v", to, err)
		f.Hint = "check that the server speaks TLS on this port, and which versions and certificates it wants"
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
		f.Message, f.Remedy = fmt.Sprintf("the certificate of %s comes from an unknown authority", to), RemedyAuthority
	case errors.As(err, &name):
		f.Message = fmt.Sprintf("the certificate of %s is not for %s", to, name.Host)
		f.Hint = "use a name that the certificate holds"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Message = fmt.Sprintf("the certificate of %s has expired or is not valid yet", to)
		f.Hint = "renew it and check the clock"
	default:
		f.Message, f.Remedy = fmt.Sprintf("the certificate of %s cannot be trusted: %v", to, err), RemedyAuthority
	}
	return f
}

// alertIn finds a TLS alert of the server, which can come after the handshake, as when
// it misses a client certificate; or nil. The type of an alert is not exported.
func alertIn(err error) *net.OpError {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op
	}
	return nil
}
