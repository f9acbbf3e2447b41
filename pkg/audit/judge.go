package audit

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Status is the result of a rule.
type Status string

const (
	Passed  Status = "passed"
	Warned  Status = "warned" // acceptable, but a risk
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// reaction is what an endpoint did with a request.
type reaction int

const (
	accepted    reaction = iota // 2xx
	rejected                    // 4xx, or 501: unknown method
	serverError                 // 5xx
	reset                       // closed the connection without a response
	timedOut                    // no response in time
	unexpected                  // a redirect, or not HTTP
)

// expectation maps each reaction to a status; a reaction that it lacks is Failed.
type expectation map[reaction]Status

func mustAccept() expectation { return expectation{accepted: Passed} }

// shouldAccept is for data that Apizee may add one day: to reject it loses the event, but
// is not wrong.
func shouldAccept() expectation { return expectation{accepted: Passed, rejected: Warned} }

// acceptOrReject is for data that may be rejected, as long as the endpoint keeps working.
func acceptOrReject() expectation { return expectation{accepted: Passed, rejected: Passed} }

func mustReject() expectation { return expectation{rejected: Passed} }

func shouldReject() expectation { return expectation{rejected: Passed, accepted: Warned} }

func rejectOrReset() expectation { return expectation{rejected: Passed, reset: Passed} }

// attempt is one delivery of a rule.
type attempt struct {
	label  string // names the request; may be empty when it is the only one
	result deliver.Result
	want   expectation   // nil means that of the rule
	within time.Duration // a later response is a warning; 0 means no limit
}

func classify(r deliver.Result) reaction {
	switch {
	case r.Failure == nil && r.Status >= 200 && r.Status <= 299:
		return accepted
	case r.Failure == nil && (r.Status >= 400 && r.Status <= 499 || r.Status == http.StatusNotImplemented):
		return rejected
	case r.Failure == nil && r.Status >= 500:
		return serverError
	case r.Failure == nil:
		return unexpected
	case r.Failure.Kind == deliver.KindReset:
		return reset
	case r.Failure.Kind == deliver.KindTimeout:
		return timedOut
	}
	return unexpected
}

// judge returns the status of an attempt.
func (a attempt) judge() Status {
	status, known := a.want[classify(a.result)]
	switch {
	case !known:
		return Failed
	case status == Passed && a.late():
		return Warned
	}
	return status
}

func (a attempt) late() bool { return a.within > 0 && a.result.Timings.Total > a.within }

// describe returns what the endpoint did.
func (a attempt) describe() string {
	if f := a.result.Failure; f != nil {
		return f.Message
	}
	text := strings.TrimSpace(fmt.Sprintf("%d %s", a.result.Status, brief(a.result.StatusText))) + a.result.Through()
	if a.late() {
		text += fmt.Sprintf(" after %s", a.result.Timings.Total.Round(time.Millisecond))
	}
	return text
}

// brief cuts a server's own status text to fit on a line.
func brief(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// summarize returns the worst status of the attempts, and what the endpoint did.
func summarize(attempts []attempt) (Status, string) {
	worst, count := Passed, 0
	var example attempt
	for i, a := range attempts {
		status := a.judge()
		if i == 0 || rank(status) > rank(worst) {
			worst, count, example = status, 0, a
		}
		if status == worst {
			count++
		}
	}
	const few = 3
	switch {
	case len(attempts) == 0:
		return Skipped, "nothing was sent"
	case len(attempts) == 1:
		return worst, example.describe()
	case worst == Passed:
		return worst, countResponses(attempts)
	case len(attempts) <= few:
		return worst, listResponses(attempts)
	case count == 1:
		return worst, fmt.Sprintf("1 of %d requests: %s: %s", len(attempts), example.label, example.describe())
	}
	return worst, fmt.Sprintf("%d of %d requests, such as %s: %s", count, len(attempts), example.label, example.describe())
}

func rank(s Status) int {
	switch s {
	case Warned:
		return 1
	case Failed:
		return 2
	}
	return 0
}

// listResponses says of each request what came of it.
func listResponses(attempts []attempt) string {
	var parts []string
	for _, a := range attempts {
		parts = append(parts, a.label+": "+a.describe())
	}
	return strings.Join(parts, "; ")
}

// countResponses lists each different response once.
func countResponses(attempts []attempt) string {
	var order []string
	counts := map[string]int{}
	for _, a := range attempts {
		response := a.describe()
		if counts[response]++; counts[response] == 1 {
			order = append(order, response)
		}
	}
	for i, response := range order {
		order[i] = fmt.Sprintf("%d × %s", counts[response], response)
	}
	return strings.Join(order, ", ")
}
