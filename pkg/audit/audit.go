package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Options of an audit.
type Options struct {
	Catalog *apizee.Catalog // the documented contract

	// Target is the endpoint. SecretHeader names the one of its headers that the rules about
	// secrets change; "" means those with the name of a secret, and the user of the URL.
	Target       deliver.Target
	SecretHeader string

	Transport *http.Transport // see deliver.NewTransport
	Timeout   time.Duration   // of a request; 0 means no limit
	Settle    time.Duration   // between a rule and the look at whether the endpoint still works
	Skip      []string        // names of rules
	Secrets   *redact.Secrets // gets the values that resemble a secret, to be masked; may be nil

	// Mask masks the secrets in what the endpoint returned, before it is cut to be shown: the start of a
	// secret could not be found afterwards. It may be nil.
	Mask func(string) string

	Baseline Baseline // to compare the results with; may be nil
	MinScore *int     // see Outcome

	// Probe shows the effect of events; nil means that only responses are looked at.
	Probe *Probe

	// Program starts and stops the endpoint; nil means that the audit does neither.
	Program Program

	// IDBase is the number below the IDs of the objects that the audit sends events about; see NewIDBase.
	IDBase int

	// Repeat returns a command that sends a request again, for the reports. The request, and those that
	// it refers to, have a target. It may be nil.
	Repeat func(Request) string

	// OnResult is called after every rule that was tried or skipped, except those that were
	// left when the audit was stopped. It may be nil.
	OnResult func(Result)

	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Result is the outcome of one rule.
type Result struct {
	Rule
	Status   Status        `json:"status"`
	Actual   string        `json:"actual" about:"what the endpoint did, or why the rule was not judged"`
	Suspects []string      `json:"suspects,omitempty" about:"rules that may be the cause as well"`
	Requests []Exchange    `json:"requests,omitempty" about:"evidence of a rule that did not pass"`
	Before   Status        `json:"before,omitempty" about:"status in the baseline; skipped if it does not have the rule"`
	Took     time.Duration `json:"-"`

	EffectUnseen bool `json:"effectUnseen,omitempty" about:"the rule passed by its responses, which do not show the effect"`
}

// Exchange is a request of a rule, and what came of it.
type Exchange struct {
	Label    string `json:"label,omitempty"`
	Actual   string `json:"actual"`
	Response string `json:"response,omitempty" about:"first lines of its body"`
	Repeat   string `json:"repeat,omitempty" about:"command that sends it again"`
}

// Outcome is what the audit report is made of.
type Outcome struct {
	URL      string // without secrets
	Start    time.Time
	Took     time.Duration
	Results  []Result
	Complete bool   // false when the audit was stopped
	Problem  string // why it did not start, so that there are no results; else ""

	Crash    string // how the program under test failed by itself; "" if it did not
	MinScore *int   // the least score that does not fail; nil if the score does not decide

	// Deleted counts the objects that the audit has deleted at its end, and Left those that it could not.
	Deleted, Left int
}

// UnreachableError says that there was no response to the first valid event, so that there
// is nothing to audit.
type UnreachableError struct{ Failure *deliver.Failure }

func (e *UnreachableError) Error() string { return e.Failure.Message }

// Check returns an error about the names in Skip, or else about SecretHeader.
func (o Options) Check() error {
	for _, name := range o.Skip {
		if _, err := LookupRule(o.Catalog, name); err != nil {
			return err
		}
	}
	if o.SecretHeader != "" && len(findSecrets(o)) == 0 {
		return errors.New("no such header is sent")
	}
	return nil
}

// Run tries the rules one after the other. An error is that of Check or of Program, or an
// UnreachableError. When ctx ends, the rules that are left are skipped.
func Run(ctx context.Context, o Options) (Outcome, error) {
	if err := o.Check(); err != nil {
		return Outcome{}, err
	}
	s := newSession(ctx, o)
	if err := s.start(); err != nil {
		return Outcome{}, err
	}
	if o.Program != nil {
		defer o.Program.Stop()
	}
	outcome := Outcome{URL: deliver.ShowURL(o.Target.URL, false), Start: o.Now(), MinScore: o.MinScore}
	if f := s.control(o.Timeout).result.Failure; f != nil {
		return Outcome{}, &UnreachableError{f}
	}
	for _, rule := range Rules(o.Catalog) {
		result := s.run(rule)
		result.Before = o.Baseline.before(rule.Name)
		outcome.Results = append(outcome.Results, result)
		if o.OnResult != nil && result.Actual != stopped {
			o.OnResult(result)
		}
	}
	outcome.Complete = ctx.Err() == nil
	outcome.Deleted, outcome.Left = s.cleanUp()
	if s.broken != nil && o.Program != nil {
		_ = o.Sleep(ctx, moment) // for it to exit by itself, if it crashed
	}
	outcome.Took = o.Now().Sub(outcome.Start)
	return outcome, nil
}

// mostEvidence is how many requests are shown for a result.
const mostEvidence = 5

// requests returns the evidence of attempts.
func (s *session) requests(attempts []attempt) []Exchange {
	var exchanges []Exchange
	for _, a := range attempts[:min(mostEvidence, len(attempts))] {
		e := Exchange{Label: a.label, Actual: a.describe(), Response: a.firstLines(a.result.Body)}
		if s.options.Repeat != nil && a.request.Target.URL != nil {
			e.Repeat = s.options.Repeat(s.addressed(a.request))
		}
		exchanges = append(exchanges, e)
	}
	return exchanges
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

// Formula says how the score is made.
const Formula = "The score is the percentage of rules that passed. A warning counts half, a rule that was not judged as failed; skipped rules do not count."

// Score returns the score by the Formula, rounded down.
func (o Outcome) Score() int {
	points, rules := 0, 0 // two points are a rule
	for _, r := range o.Results {
		switch r.Status {
		case Passed:
			points += 2
		case Warned:
			points++
		case Skipped:
			continue
		}
		rules++
	}
	if rules == 0 {
		return 0
	}
	return 100 * points / (2 * rules)
}

// Summary returns the outcome in one line.
func (o Outcome) Summary() string {
	verdict, rest := fmt.Sprintf("score %d of 100", o.Score()), "skipped"
	switch {
	case o.Problem != "":
		return "did not start"
	case !o.Complete:
		verdict, rest = "stopped early, no score", "not tried"
	}
	text := fmt.Sprintf("%s: %d passed, %d warned, %d failed", verdict, o.Count(Passed), o.Count(Warned), o.Count(Failed))
	if n := o.Count(NotJudged); n > 0 {
		text += fmt.Sprintf(", %d not judged", n)
	}
	return text + fmt.Sprintf(", %d %s", o.Count(Skipped), rest)
}
