package deliver

import (
	"net/http"
	"time"
)

// Result says how one attempt at a delivery went.
type Result struct {
	N       int // which delivery of a series this is, from 1
	Attempt int // which attempt at it, from 1

	// NextIn is the pause before the next attempt. It is zero after the last one.
	NextIn time.Duration

	Start   time.Time
	Timings Timings

	// Status is 0 when no reply came. StatusText is the server's own wording, such as
	// "No Content", without the secrets of the target, and Proto its version, such as
	// "HTTP/1.1".
	Status     int
	StatusText string
	Proto      string
	Headers    http.Header

	// Body is the start of the reply's body without its Content-Encoding, KeptBody bytes at
	// most; where it is still encoded, Undecoded says why. BodyBytes is how
	// much was read, DrainedBody bytes at most. Truncated says that the reply had more
	// than Body holds.
	Body      []byte
	BodyBytes int64
	Truncated bool
	Undecoded string

	// Proxy is the URL of the proxy that the request went through, without its secrets, or "".
	Proxy string

	// Failure is nil when a whole reply came. Together with a Status it means that the
	// reply broke off, or may be a proxy's own.
	Failure *Failure
}

// Timings are measured from the start of a delivery. What did not happen is zero.
type Timings struct {
	Connect   time.Duration // name lookup and TCP connection, zero on a reused one
	TLS       time.Duration // the handshake alone, zero on a reused connection
	FirstByte time.Duration // until the reply began
	Total     time.Duration // until the reply was read, or the failure was known
	Reused    bool          // an earlier delivery's connection was used
}

// Verdict is what became of a delivery.
type Verdict string

const (
	VerdictAccepted Verdict = "accepted" // a whole reply with a 2xx status
	VerdictRejected Verdict = "rejected" // a whole reply with any other status
	VerdictFailed   Verdict = "failed"   // no reply, or not all of it
)

// Verdict judges the result.
func (r Result) Verdict() Verdict {
	switch {
	case r.Failure != nil:
		return VerdictFailed
	case r.Status >= 200 && r.Status <= 299:
		return VerdictAccepted
	}
	return VerdictRejected
}

// Accepted says whether the target took the delivery.
func (r Result) Accepted() bool { return r.Verdict() == VerdictAccepted }
