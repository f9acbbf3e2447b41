package audit

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// Options of an audit.
type Options struct {
	// Catalog is the documented contract; nil means apizee.Documented().
	Catalog *apizee.Catalog

	// Target is the endpoint. The rules about secrets use the first of its headers that is
	// a secret.
	Target deliver.Target

	Transport *http.Transport // see deliver.NewTransport
	Timeout   time.Duration   // of a request; 0 means no limit
	Seed      uint64          // of the faults
	Skip      []string        // names of rules

	// OnResult is called after every rule that was tried or skipped, except those that were
	// left when the audit was stopped. It may be nil.
	OnResult func(Result)

	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Result is the outcome of one rule.
type Result struct {
	Rule
	Status Status        `json:"status"`
	Actual string        `json:"actual"` // what the endpoint did, or why the rule was skipped
	Took   time.Duration `json:"-"`
}

// Outcome is what the audit report is made of.
type Outcome struct {
	URL      string // without secrets
	Start    time.Time
	Took     time.Duration
	Results  []Result
	Complete bool // false when the audit was stopped
}

// UnreachableError says that there was no response to the first valid event, so that there
// is nothing to audit.
type UnreachableError struct{ Failure *deliver.Failure }

func (e *UnreachableError) Error() string { return e.Failure.Message }

// Run tries the rules one after the other. An error is an UnreachableError, or one
// about the names in Skip. When ctx ends, the rules that are left are skipped.
func Run(ctx context.Context, o Options) (Outcome, error) {
	if o.Catalog == nil {
		o.Catalog = apizee.Documented()
	}
	for _, name := range o.Skip {
		if _, err := LookupRule(o.Catalog, name); err != nil {
			return Outcome{}, err
		}
	}
	p := newProbe(ctx, o)
	outcome := Outcome{URL: deliver.ShowURL(o.Target.URL, false), Start: o.Now()}
	if f := p.send(p.ordinary()).Failure; f != nil && cannotAudit(f.Kind) {
		return Outcome{}, &UnreachableError{f}
	}
	for _, rule := range Rules(o.Catalog) {
		result := p.run(rule)
		outcome.Results = append(outcome.Results, result)
		if o.OnResult != nil && result.Actual != stopped {
			o.OnResult(result)
		}
	}
	outcome.Took, outcome.Complete = o.Now().Sub(outcome.Start), ctx.Err() == nil
	return outcome, nil
}

// cannotAudit reports whether a failure of the first event leaves nothing to judge, such as a
// refused connection, a timeout or a response that is not HTTP.
func cannotAudit(k deliver.Kind) bool {
	switch k {
	case fault.KindAborted, deliver.KindOther:
		return false
	}
	return true
}

func (p *probe) run(rule Rule) Result {
	result := Result{Rule: rule, Status: Skipped}
	switch {
	case p.ctx.Err() != nil:
		result.Actual = stopped
	case slices.Contains(p.options.Skip, rule.Name):
		result.Actual = "excluded"
	case rule.secret && p.secret.Name == "":
		result.Actual = "no secret header is configured"
	case p.isDown():
		result.Status, result.Actual = Failed, "not tried: connection refused since "+p.downSince
	default:
		start := p.options.Now()
		result.Status, result.Actual = p.try(rule)
		result.Took = p.options.Now().Sub(start)
	}
	return result
}

const stopped = "the audit was stopped"

// try makes the attempts of a rule and summarizes them.
func (p *probe) try(rule Rule) (Status, string) {
	attempts := rule.try(p)
	if p.ctx.Err() != nil {
		return Skipped, stopped
	}
	for i := range attempts {
		if attempts[i].want == nil {
			attempts[i].want = rule.want
		}
	}
	status, actual := summarize(attempts)
	if p.tookDown(attempts) {
		p.downSince = rule.Name
		return Failed, "connection refused afterwards: " + actual
	}
	return status, actual
}

// tookDown reports whether the endpoint refuses connections after these attempts. It probes
// only after an attempt without a response.
func (p *probe) tookDown(attempts []attempt) bool {
	for _, a := range attempts {
		if a.result.Failure != nil {
			return refusedConnection(p.sendOnNewConnection())
		}
	}
	return false
}

// Count returns how many rules have a status.
func (o Outcome) Count(s Status) int {
	n := 0
	for _, r := range o.Results {
		if r.Status == s {
			n++
		}
	}
	return n
}

// OK reports whether no rule failed.
func (o Outcome) OK() bool { return o.Count(Failed) == 0 }

// Score returns the percentage of rules that passed, rounded down. A warning counts half; a
// skipped rule does not count.
func (o Outcome) Score() int {
	points, rules := 0.0, 0.0
	for _, r := range o.Results {
		switch r.Status {
		case Passed:
			points++
		case Warned:
			points += 0.5
		case Skipped:
			continue
		}
		rules++
	}
	if rules == 0 {
		return 0
	}
	return int(math.Floor(100 * points / rules))
}

// Summary returns the outcome in one line.
func (o Outcome) Summary() string {
	verdict, rest := fmt.Sprintf("score %d of 100", o.Score()), "skipped"
	if !o.Complete {
		verdict, rest = "stopped early, no score", "not tried"
	}
	return fmt.Sprintf("%s: %d passed, %d warned, %d failed, %d %s",
		verdict, o.Count(Passed), o.Count(Warned), o.Count(Failed), o.Count(Skipped), rest)
}
