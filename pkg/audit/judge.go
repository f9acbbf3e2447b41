package audit

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// Status is the result of a rule.
type Status string

const (
	Passed    Status = "passed"
	Warned    Status = "warned" // acceptable, but a risk
	Failed    Status = "failed"
	NotJudged Status = "not judged" // the endpoint was broken already, or an earlier result makes it meaningless
	Skipped   Status = "skipped"    // excluded, or the rule needs what the audit was not given
)

// Values returns all statuses.
func (Status) Values() []string {
	return []string{string(Passed), string(Warned), string(Failed), string(NotJudged), string(Skipped)}
}

// reaction is what an endpoint did with a request.
type reaction int

const (
	accepted      reaction = iota // 2xx
	contradicted                  // 2xx with a body that says otherwise
	denied                        // 401 or 403
	limited                       // 429
	rejected                      // another 4xx
	redirected                    // 3xx
	unimplemented                 // 501: unknown method
	serverError                   // another 5xx
	reset                         // closed the connection without a response
	timedOut                      // no response in time
	unexpected                    // not HTTP
)

// expectation maps each reaction to a status; a reaction that it lacks is Failed.
type expectation map[reaction]Status

// expect returns an expectation in which the reactions pass.
func expect(reactions ...reaction) expectation { return expectation{}.with(Passed, reactions...) }

func (e expectation) with(s Status, reactions ...reaction) expectation {
	for _, r := range reactions {
		e[r] = s
	}
	return e
}

func (e expectation) orWarn(reactions ...reaction) expectation { return e.with(Warned, reactions...) }

func mustAccept() expectation { return expect(accepted) }

// shouldAccept is for data that Apizee may add one day: to reject it loses the event, but
// is not wrong.
func shouldAccept() expectation { return expect(accepted).orWarn(rejected, denied, contradicted) }

// acceptOrReject is for data that may be rejected, as long as the endpoint keeps working.
func acceptOrReject() expectation { return expect(accepted, rejected, denied).orWarn(contradicted) }

func mustReject() expectation { return expect(rejected, denied).orWarn(contradicted) }

func shouldReject() expectation { return mustReject().orWarn(accepted) }

func rejectOrReset() expectation { return mustReject().with(Passed, reset) }

// mustDeny is for a request without the right secret. Another rejection protects the endpoint
// as well, but does not say why.
func mustDeny() expectation { return expect(denied).orWarn(rejected, redirected, contradicted) }

// attempt is one request of a rule.
type attempt struct {
	label   string // names the request; may be empty when it is the only one
	request Request
	result  deliver.Result
	mask    func(string) string // hides secrets in what the endpoint returned
	want    expectation         // nil means that of the rule
	within  time.Duration       // a later response is a warning; 0 means no limit

	// verdict and actual replace what follows from the response, for what shows elsewhere, such as
	// on the connection.
	verdict Status
	actual  string
}

// wants sets what is right for this request, where it differs from the rule.
func (a attempt) wants(e expectation) attempt {
	a.want = e
	return a
}

// soon makes a later response than responseDeadline a warning.
func (a attempt) soon() attempt {
	a.within = responseDeadline
	return a
}

func (a attempt) reaction() reaction {
	r := a.result
	if r.Failure != nil {
		switch r.Failure.Kind {
		case deliver.KindReset:
			return reset
		case deliver.KindTimeout:
			return timedOut
		}
		return unexpected
	}
	switch status := r.Status; {
	case status >= 200 && status <= 299 && findContradiction(r.Body) != nil:
		return contradicted
	case status >= 200 && status <= 299:
		return accepted
	case status >= 300 && status <= 399:
		return redirected
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return denied
	case status == http.StatusTooManyRequests:
		return limited
	case status >= 400 && status <= 499:
		return rejected
	case status == http.StatusNotImplemented:
		return unimplemented
	case status >= 500:
		return serverError
	}
	return unexpected
}

// mayHaveActed reports whether the endpoint may have acted on an event: it did not reject it.
func (a attempt) mayHaveActed() bool {
	if f := a.result.Failure; f != nil && f.Kind.IsUnsent() {
		return false
	}
	switch a.reaction() {
	case denied, limited, rejected, redirected:
		return false
	}
	return true
}

// judge returns the status of an attempt.
func (a attempt) judge() Status {
	if a.verdict != "" {
		return a.verdict
	}
	status, known := a.want[a.reaction()]
	switch {
	case !known:
		return Failed
	case status == Passed && a.late():
		return Warned
	}
	return status
}

// judgeAs judges an attempt by an expectation.
func (a attempt) judgeAs(e expectation) Status { return a.wants(e).judge() }

func (a attempt) late() bool { return a.within > 0 && a.result.Timings.Total > a.within }

// describe returns what the endpoint did.
func (a attempt) describe() string {
	switch {
	case a.actual != "":
		return a.actual
	case a.result.Failure != nil:
		return a.result.Failure.Message
	}
	r := a.result
	text := strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, a.brief(r.StatusText))) + r.Through()
	if location := r.Headers.Get("Location"); location != "" {
		text += " to " + a.brief(location)
	}
	if wait := r.Headers.Get("Retry-After"); wait != "" {
		text += ", Retry-After: " + a.brief(wait)
	}
	if a.reaction() == contradicted {
		text += " with " + findContradiction(r.Body).describe(a.brief)
	}
	if a.late() {
		text += fmt.Sprintf(" after %s", r.Timings.Total.Round(time.Millisecond))
	}
	return text
}

func (a attempt) masked(text string) string {
	if a.mask == nil {
		return text
	}
	return a.mask(text)
}

// brief returns a server's own text with secrets masked, cut to fit on a line.
func (a attempt) brief(s string) string { return payload.Short(a.masked(s)) }

// firstLines returns the start of a response's body, to show, with secrets masked.
func (a attempt) firstLines(body []byte) string {
	const lines, size = 3, 300
	text := strings.TrimSpace(strings.ToValidUTF8(a.masked(string(body)), "\ufffd"))
	shown := strings.ToValidUTF8(text[:min(len(text), size)], "\ufffd")
	if parts := strings.SplitN(shown, "\n", lines+1); len(parts) > lines {
		shown = strings.Join(parts[:lines], "\n")
	}
	if shown != text {
		shown += "…"
	}
	return shown
}

// verdict is what the attempts of a rule come to.
type verdict struct {
	status   Status
	actual   string
	evidence []attempt // those with that status, unless it is Passed
	refused  bool      // there was no connection for the first one, so that no attempt is the cause
	all      []attempt
}

// summarize returns the worst status of the attempts, and what the endpoint did.
func summarize(attempts []attempt) verdict {
	v := verdict{status: Passed, all: attempts}
	if len(attempts) > 0 && attempts[0].result.Failure != nil {
		v.refused = attempts[0].result.Failure.Kind.IsUnsent()
	}
	for _, a := range attempts {
		switch status := a.judge(); {
		case rank(status) > rank(v.status):
			v.status, v.evidence = status, []attempt{a}
		case status == v.status && status != Passed:
			v.evidence = append(v.evidence, a)
		}
	}
	const few = 3
	switch n := len(v.evidence); {
	case len(attempts) == 0:
		v.status, v.actual = Skipped, "nothing was sent"
	case len(attempts) == 1:
		v.actual = attempts[0].describe()
	case v.status == Passed:
		v.actual = countResponses(attempts)
	case len(attempts) <= few:
		v.actual = listResponses(attempts)
	case n == 1:
		v.actual = fmt.Sprintf("1 of %d requests: %s", len(attempts), listResponses(v.evidence))
	default:
		v.actual = fmt.Sprintf("%d of %d requests, such as %s", n, len(attempts), listResponses(v.evidence[:1]))
	}
	return v
}

func rank(s Status) int {
	switch s {
	case Warned:
		return 1
	case Failed, NotJudged:
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
