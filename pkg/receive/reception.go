package receive

import (
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Outcome is what became of a request.
type Outcome string

const (
	Accepted     Outcome = "accepted"     // it was taken, and answered as planned
	WrongPath    Outcome = "wrong-path"   // another path is served
	Unauthorized Outcome = "unauthorized" // the required header is missing or wrong
	TooLarge     Outcome = "too-large"    // the body is over the limit
	Incomplete   Outcome = "incomplete"   // the body did not come, not in time, or garbled
	NotForwarded Outcome = "not-forwarded"
	NotRecorded  Outcome = "not-recorded"
	Failed       Outcome = "failed"      // it was failed on purpose
	NoResponse   Outcome = "no-response" // the sender was gone, or the server stopped, before the answer
)

// IsEvent says whether the request was taken for an event: it came whole, to the path
// that is served, and with the required header.
func (o Outcome) IsEvent() bool {
	switch o {
	case WrongPath, Unauthorized, TooLarge, Incomplete:
		return false
	}
	return true
}

// Reception is one request, and how it was answered.
type Reception struct {
	N      int64 // which request this is, from 1, in the order in which they began
	At     time.Time
	Remote string // the sender's host:port

	Method  string
	Path    string // as in the request line, query included
	Proto   string
	Headers http.Header // Host included
	Body    []byte      // empty when the request was turned away before its body was read

	// Report is how it keeps the contract. It is empty when the request is no event.
	Report apizee.Report

	Outcome Outcome
	Problem string // why it was not accepted: one plain sentence in lower case; may be empty

	Status    int           // what was answered; 0 when nothing was
	Took      time.Duration // until it was answered
	Forwarded *Forwarded    // nil when it was not passed on
}

// size is about how many bytes of memory the reception keeps. Short headers take far more
// there than on the wire.
func (r *Reception) size() int {
	const name, value = 128, 16
	size := len(r.Path) + len(r.Body)
	all := []http.Header{r.Headers}
	if f := r.Forwarded; f != nil {
		size += len(f.Body)
		all = append(all, f.Headers)
	}
	for _, headers := range all {
		for _, values := range headers {
			size += name
			for _, v := range values {
				size += value + len(v)
			}
		}
	}
	return size
}

// IsOther says whether the request asks, as a browser or a check of health does, and brings
// nothing: it is no event that somebody waits for.
func (r *Reception) IsOther() bool {
	return r.Method != apizee.Method && len(r.Body) == 0 && r.Outcome != TooLarge && r.Outcome != Incomplete
}

// IsForwardFailed says whether the request was to be passed on, and the target did not get it,
// as far as its answer tells.
func (r *Reception) IsForwardFailed() bool {
	return r.Outcome == NotForwarded || r.Outcome == NoResponse && r.Forwarded != nil && r.Forwarded.Status == 0
}

// Forwarded is how passing on a request went.
type Forwarded struct {
	Status  int              // what the target answered; 0 when it did not
	Failure *deliver.Failure // why no whole reply came, or nil
	Took    time.Duration

	Headers   http.Header // of the reply, as they came
	Body      []byte      // its first 64 KiB
	Truncated bool        // there was more
}

// Malformed is what came in and was no HTTP request.
type Malformed struct {
	At     time.Time
	Remote string // may be empty
	Reason string // may hold what the sender wrote
}
