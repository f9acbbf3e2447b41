package audit

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Status is what a rule came to.
type Status string

const (
	Passed  Status = "passed"
	Warned  Status = "warned" // not wrong, but a risk
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// answer sorts what an endpoint can do with a delivery.
type answer int

const (
	accepted answer = iota // 2xx
	refused                // 4xx, or 501: there is no such method
	crashed                // 5xx
	hungUp                 // closed the connection without an answer
	silent                 // no answer in time
	strange                // a redirect, or no HTTP
)

// expectation says which status each answer gives; any other gives Failed.
type expectation map[answer]Status

func mustAccept() expectation { return expectation{accepted: Passed} }

// shouldAccept is for what will come one day: refusing loses it, but breaks nothing.
func shouldAccept() expectation { return expectation{accepted: Passed, refused: Warned} }

// mustSurvive is for what may be taken or refused, as long as nothing breaks.
func mustSurvive() expectation { return expectation{accepted: Passed, refused: Passed} }

func mustRefuse() expectation { return expectation{refused: Passed} }

func shouldRefuse() expectation { return expectation{refused: Passed, accepted: Warned} }

func refuseOrHangUp() expectation { return expectation{refused: Passed, hungUp: Passed} }

// attempt is one delivery of a rule.
type attempt struct {
	label  string // what was delivered; may be empty when it is the only one
	result deliver.Result
	want   expectation   // nil means that of the rule
	within time.Duration // a longer answer is a warning; 0 means that time does not matter
}

func classify(r deliver.Result) answer {
	switch {
	case r.Failure == nil && r.Status >= 200 && r.Status <= 299:
		return accepted
	case r.Failure == nil && (r.Status >= 400 && r.Status <= 499 || r.Status == http.StatusNotImplemented):
		return refused
	case r.Failure == nil && r.Status >= 500:
		return crashed
	case r.Failure == nil:
		return strange
	case r.Failure.Kind == deliver.KindReset:
		return hungUp
	case r.Failure.Kind == deliver.KindTimeout:
		return silent
	}
	return strange
}

// judge gives an attempt its status.
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

// did says what the endpoint did.
func (a attempt) did() string {
	if f := a.result.Failure; f != nil {
		return f.Message
	}
	text := strings.TrimSpace(fmt.Sprintf("%d %s", a.result.Status, brief(a.result.StatusText)))
	if a.late() {
		text += fmt.Sprintf(" after %s", a.result.Timings.Total.Round(time.Millisecond))
	}
	return text
}

// brief keeps a server's own wording short enough for a line.
func brief(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// summarize is the worst status of the attempts and what there is to say of them.
func summarize(attempts []attempt) (Status, string) {
	worst, worstCount := Passed, 0
	var example attempt
	for i, a := range attempts {
		status := a.judge()
		if i == 0 || rank(status) > rank(worst) {
			worst, worstCount, example = status, 0, a
		}
		if status == worst {
			worstCount++
		}
	}
	switch {
	case len(attempts) == 0:
		return Skipped, "nothing was delivered"
	case worst == Passed:
		return Passed, allPassed(attempts)
	case len(attempts) == 1:
		return worst, example.did()
	}
	return worst, fmt.Sprintf("%d of %d: %s: %s", worstCount, len(attempts), example.label, example.did())
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

// allPassed lists different answers once each.
func allPassed(attempts []attempt) string {
	var order []string
	counts := map[string]int{}
	for _, a := range attempts {
		did := a.did()
		if counts[did]++; counts[did] == 1 {
			order = append(order, did)
		}
	}
	if len(order) == 1 {
		if len(attempts) == 1 {
			return order[0]
		}
		return fmt.Sprintf("%d times %s", len(attempts), order[0])
	}
	for i, did := range order {
		order[i] = fmt.Sprintf("%d times %s", counts[did], did)
	}
	return strings.Join(order, ", ")
}
