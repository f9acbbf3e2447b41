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

	// Body is the start of the response's body, decoded, of at most KeptBody bytes; Undecoded says why
	// it could not be decoded. BodyBytes is the number of bytes read, at most DrainedBody. Truncated
	// means that the response was longer than Body.
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
