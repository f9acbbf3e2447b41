package deliver

import (
	"net/http"
	"time"
)

// Result is the result of one attempt.
type Result struct {
	N       int // number of the delivery in a series, from 1
	Attempt int // number of the attempt, from 1

	// NextIn is the wait before the next attempt, zero after the last.
	NextIn time.Duration

	Start   time.Time
	Timings Timings

	// Status is 0 without a response. StatusText is the server's reason phrase, such as "No Content",
	// without the secrets of the target, and Proto its version, such as "HTTP/1.1".
	Status     int
	StatusText string
	Proto      string
	Headers    http.Header

	// Body is the start of the response's body, decoded, of at most KeptBody bytes or those that the request
	// keeps; Undecoded says why it could not be decoded. BodyBytes is the number of bytes read, at most
	// DrainedBody or those. Truncated means that the response was longer than Body.
	Body      []byte
	BodyBytes int64
	Truncated bool
	Undecoded string

	// Proxy is the URL of the proxy that the request went through, without its secrets, or "".
	Proxy string

	// Failure is nil after a complete response. Together with a Status it means that the response was
	// truncated, or may be a proxy's.
	Failure *Failure
}

// Timings are the times of a delivery. Steps that did not happen are zero.
type Timings struct {
	Connect   time.Duration // name lookup and TCP connection, zero on a reused one
	TLS       time.Duration // the handshake alone, zero on a reused connection
	FirstByte time.Duration // from the start until the first byte of the response
	Total     time.Duration // from the start until the end of the response, or the failure
	Reused    bool          // the connection of an earlier delivery was reused
}

// Verdict is the class of a result.
type Verdict string

const (
	VerdictAccepted Verdict = "accepted" // a complete response with a 2xx status
	VerdictRejected Verdict = "rejected" // a complete response with any other status
	VerdictFailed   Verdict = "failed"   // no response, or a truncated one
)

// Values returns all verdicts.
func (Verdict) Values() []string {
	return []string{string(VerdictAccepted), string(VerdictRejected), string(VerdictFailed)}
}

// Verdict returns the class of the result.
func (r Result) Verdict() Verdict {
	switch {
	case r.Failure != nil:
		return VerdictFailed
	case r.Status >= 200 && r.Status <= 299:
		return VerdictAccepted
	}
	return VerdictRejected
}

// Through names the proxy of a rejected delivery, which may have sent the response itself, as in
// ", through the proxy http://proxy:3128"; else it is empty. A Failure names the proxy by itself.
func (r Result) Through() string {
	if r.Proxy == "" || r.Verdict() != VerdictRejected {
		return ""
	}
	return ", through the proxy " + r.Proxy
}

// Accepted reports whether the endpoint accepted the delivery.
func (r Result) Accepted() bool { return r.Verdict() == VerdictAccepted }

// Kind is a class of failures with the same remedy.
type Kind string

const (
	KindRefused     Kind = "refused"      // the connection was refused
	KindDNS         Kind = "dns"          // the host was not found
	KindTimeout     Kind = "timeout"      // the timeout passed
	KindTLS         Kind = "tls"          // TLS failed, or the certificate is not trusted
	KindReset       Kind = "reset"        // the server closed the connection early
	KindBadResponse Kind = "bad-response" // the response is not HTTP
	KindUnreachable Kind = "unreachable"  // no route to the host
	KindProxy       Kind = "proxy"        // a proxy failed, or responded instead of the endpoint
	KindCanceled    Kind = "canceled"     // the context was canceled
	KindOther       Kind = "other"
)

// IsUnsent reports whether nothing was sent, because there was no connection.
func (k Kind) IsUnsent() bool {
	switch k {
	case KindRefused, KindDNS, KindTLS, KindUnreachable, KindProxy:
		return true
	}
	return false
}

// Remedy is what the sender can do about a failure, besides its hint.
type Remedy string

const (
	RemedyTimeout           Remedy = "timeout"            // increase the timeout
	RemedyAuthority         Remedy = "authority"          // trust the certificate's authority, or any certificate
	RemedyAnyCertificate    Remedy = "any-certificate"    // trust any certificate
	RemedyClientCertificate Remedy = "client-certificate" // send a client certificate
	RemedyListener          Remedy = "listener"           // listen on the address
	RemedyTLSListener       Remedy = "tls-listener"       // the same, with TLS
	RemedyNoProxy           Remedy = "no-proxy"           // use no proxy
	RemedyKeepAlive         Remedy = "keep-alive"         // keep connections alive, or open fewer
)

// Failure is why there is no complete response.
type Failure struct {
	Kind    Kind
	Message string // one sentence in lowercase, without a full stop
	Hint    string // the next step, in the same form; may be empty
	Remedy  Remedy // may be empty
	Address string // HOST:PORT of the endpoint
	Err     error  // of the network or of net/http
}

func (f *Failure) Error() string { return f.Message }

func (f *Failure) Unwrap() error { return f.Err }
