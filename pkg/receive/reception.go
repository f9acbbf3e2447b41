package receive

import (
	"net/http"
	"net/url"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// Outcome is what became of a request.
type Outcome string

const (
	Accepted     Outcome = "accepted"     // an event that got the planned response
	WrongPath    Outcome = "wrong-path"   // not Options.Path
	Unauthorized Outcome = "unauthorized" // Options.RequireHeader is missing or wrong
	TooLarge     Outcome = "too-large"    // the body is over the limit
	Incomplete   Outcome = "incomplete"   // the body was truncated, late or malformed
	NotForwarded Outcome = "not-forwarded"
	NotRecorded  Outcome = "not-recorded"
	Failed       Outcome = "failed"      // a fault was injected
	NoResponse   Outcome = "no-response" // the sender disconnected, or the server stopped, before the end of the response
)

// Values returns all outcomes.
func (Outcome) Values() []string {
	var words []string
	for _, o := range []Outcome{Accepted, WrongPath, Unauthorized, TooLarge, Incomplete, NotForwarded, NotRecorded, Failed, NoResponse} {
		words = append(words, string(o))
	}
	return words
}

// IsEvent reports whether the request counts as an event: it was complete, on the served path,
// and had the required header.
func (o Outcome) IsEvent() bool {
	switch o {
	case WrongPath, Unauthorized, TooLarge, Incomplete:
		return false
	}
	return true
}

// Reception is one request and the response to it.
type Reception struct {
	N      int64 // number of the request, from 1, in the order in which they began
	At     time.Time
	Remote string // the sender's host:port

	Method  string
	Path    string // as in the request line, query included
	Proto   string
	Headers http.Header // Host included
	Body    []byte      // empty when the request was refused before its body was read

	// Report is the result of checking the event. It is empty when the request is not an event.
	Report apizee.Report

	Outcome Outcome
	Problem string // why it was not accepted: one sentence in lowercase; may be empty

	Status    int           // of the response; 0 is no response
	Took      time.Duration // until the response was sent
	Forwarded *Forwarded    // nil when it was not forwarded

	// Response is what was sent, or as much of it as the sender took.
	Response recording.Response

	// Place is where it was recorded.
	Place recording.Place
}

// Entry returns the reception as an entry of a recording, with the bodies of responses decompressed.
// Secrets are not masked.
func (r *Reception) Entry() recording.Entry {
	e := recording.Entry{
		ReceivedAt: r.At, Method: r.Method, Path: r.Path, Headers: r.Headers, Body: r.Body,
		Status: r.Status, Findings: r.Report.Findings,
		Took: r.Took, Remote: r.Remote, Problem: r.Problem, Response: decompressed(r.Response),
	}
	if r.Outcome != Accepted {
		e.Outcome = string(r.Outcome)
	}
	if f := r.Forwarded; f != nil {
		e.Forwarded = &recording.Forwarded{
			URL: f.URL.String(), Status: f.Status, Took: f.Took,
			Response: decompressed(f.Response),
		}
		if f.Failure != nil {
			e.Forwarded.Failure = &recording.Failure{Kind: string(f.Failure.Kind), Message: f.Failure.Message}
		}
	}
	return e
}

// decompressed returns a response with its body decompressed, if that is possible.
func decompressed(r recording.Response) recording.Response {
	body, truncated, _ := deliver.Decode(r.Headers, r.Body)
	r.Body, r.Truncated = body, r.Truncated || truncated
	return r
}

// size returns about how many bytes of memory the reception uses. Short headers use far more
// in memory than on the wire.
func (r *Reception) size() int {
	const name, value = 128, 16
	size := len(r.Path) + len(r.Body)
	all := []http.Header{r.Headers}
	if f := r.Forwarded; f != nil {
		size += len(f.Body)
		all = append(all, f.Headers, r.Response.Headers) // without a target they are shared by all
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

// IsOther reports whether the request is an empty one other than POST, as from a browser or a
// health check: it is not an event that somebody waits for.
func (r *Reception) IsOther() bool {
	return r.Method != apizee.Method && len(r.Body) == 0 && r.Outcome != TooLarge && r.Outcome != Incomplete
}

// IsForwardFailed reports whether the request was to be forwarded and the target, as far as is
// known, did not get it.
func (r *Reception) IsForwardFailed() bool {
	return r.Outcome == NotForwarded || r.Outcome == NoResponse && r.Forwarded != nil && r.Forwarded.Status == 0
}

// Forwarded is the target's response to a forwarded request.
type Forwarded struct {
	URL     *url.URL         // where the request was sent
	Status  int              // 0 is no response
	Failure *deliver.Failure // why the response is missing or truncated; nil when it is complete
	Took    time.Duration

	recording.Response // unchanged
}

// Malformed is data that is not an HTTP request, or another problem of the server itself.
type Malformed struct {
	At     time.Time
	Remote string // may be empty
	Reason string // may quote what the sender wrote
	IsPost bool   // it starts with the method of an event
}
