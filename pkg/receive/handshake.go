package receive

import (
	"bytes"
	"net"
	"strings"
)

// greeting notices that a TLS handshake has begun, which tls.Conn keeps to itself.
type greeting struct {
	net.Conn
	of *conn
}

func (g greeting) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if n > 0 && g.of.greeted.CompareAndSwap(false, true) {
		g.of.stamp()
	}
	return n, err
}

// withoutTLS is why a handshake that had begun did not end. A sender that does not trust
// the certificate says so, or closes the connection; with TLS 1.3 some say so in a way that
// cannot be deciphered yet.
func (c *conn) withoutTLS(err error) string {
	reason := strings.TrimPrefix(err.Error(), "tls: ")
	alert, isAlert := strings.CutPrefix(reason, "remote error: tls: ")
	switch {
	case isAlert && strings.Contains(alert, "certificate"):
		return "the sender does not trust the certificate; it says " + alert
	case isAlert:
		return "the sender says " + alert
	case isTimeout(err):
		return "it did not end within " + c.server.options.Limits.Request.String()
	case isClosed(err), reason == "local error: tls: bad record MAC":
		return "the sender broke it off, most likely since it does not trust the certificate"
	}
	return reason
}

// looksLikeHTTP is what the HTTP library goes by too.
func looksLikeHTTP(start []byte) bool {
	for _, method := range []string{"GET /", "HEAD ", "POST ", "PUT /", "OPTIO"} {
		if string(start) == method {
			return true
		}
	}
	return false
}

// looksLikeTLS goes by the type and version that begin a handshake (RFC 8446, 5.1).
func looksLikeTLS(start []byte) bool { return bytes.HasPrefix(start, []byte{22, 3}) }
