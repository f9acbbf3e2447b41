package audit

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Each rule is judged in the same way. It begins on new connections. Then the endpoint has a moment
// to act on what it accepted, and has to accept an ordinary event on a new connection. If it does
// not, this rule is blamed, and the rules after it are not judged until it does again: what they would
// show has one cause, which is reported once.

const (
	// afterPatience is the timeout of an ordinary event while the endpoint is broken. A long one would
	// make the audit of an endpoint that hangs take minutes.
	afterPatience = 250 * time.Millisecond

	// longestWait is the longest Retry-After that the audit obeys, and how long it obeys one before each rule:
	// an endpoint that has it in all its responses would make the audit take minutes.
	longestWait = 10 * time.Second

	// suspicion is how long after a rule its requests may still be the cause of a problem, when the
	// endpoint works on an event after it has responded.
	suspicion = 2 * time.Second
)

// breakage says that the endpoint does not accept ordinary events any more.
type breakage struct {
	since   string
	at      time.Time
	control attempt
}

// tried is a rule that was judged, and when.
type tried struct {
	name string
	end  time.Time
}

func (s *session) run(rule Rule) Result {
	result := Result{Rule: rule, Status: Skipped}
	if result.Actual = s.skipped(rule); result.Actual != "" {
		return result
	}
	if result.Actual = s.pointless(rule); result.Actual != "" {
		result.Status = NotJudged
		return result
	}
	s.judge(&result)
	return result
}

// skipped returns why a rule is not tried, or "".
func (s *session) skipped(rule Rule) string {
	switch {
	case s.ctx.Err() != nil:
		return stopped
	case slices.Contains(s.options.Skip, rule.Name):
		return "excluded"
	case rule.needs != nil:
		return rule.needs(s)
	}
	return ""
}

// pointless returns why a rule would show nothing, or "".
func (s *session) pointless(rule Rule) string {
	switch {
	case s.isBroken():
		return "an ordinary event: " + s.broken.control.describe() + ", since " + s.broken.since
	case rule.pointless != nil:
		return rule.pointless(s)
	}
	return ""
}

const stopped = "the audit was stopped"

// judge makes the attempts of a rule, and looks whether the endpoint still works.
func (s *session) judge(r *Result) {
	s.options.Transport.CloseIdleConnections()
	s.silent.Store(0)
	start := s.options.Now()
	attempts := r.try(s)
	r.Took = s.options.Now().Sub(start)
	for i := range attempts {
		if attempts[i].want == nil {
			attempts[i].want = r.want
		}
	}
	v := summarize(attempts)
	_ = s.options.Sleep(s.ctx, s.options.Settle)
	control := s.control(s.options.Timeout)
	if s.ctx.Err() != nil {
		r.Status, r.Actual = Skipped, stopped
		return
	}
	r.Status, r.Actual = v.status, v.actual
	switch status := control.judge(); {
	case status == Failed:
		s.blame(r, &v, control)
	case rank(status) > rank(r.Status):
		r.Status, r.Actual = status, r.Actual+"; "+listResponses([]attempt{control})
		v.evidence = []attempt{control}
	}
	r.EffectUnseen = r.effect && r.Status == Passed && !s.seesEffects()
	r.Requests = s.requests(v.evidence)
	s.recent = append(s.recent, tried{r.Name, s.options.Now()})
}

// control sends an ordinary event over a new connection: an old one may belong to a process
// that has ended.
func (s *session) control(timeout time.Duration) attempt {
	s.options.Transport.CloseIdleConnections()
	s.silent.Store(0)
	a := s.do(Request{Label: "an ordinary event afterwards", Body: s.ordinary(), timeout: timeout})
	if a = a.wants(mustAccept()).soon(); a.judge() != Failed {
		s.worked = true
	}
	return a
}

// blame makes a rule fail after which the endpoint does not accept ordinary events.
func (s *session) blame(r *Result, v *verdict, control attempt) {
	s.broken = &breakage{r.Name, s.options.Now(), control}
	if !s.worked {
		s.broken.since = "the start"
		if v.status == Failed {
			return // it is the same event
		}
	}
	if v.status != Failed || v.refused {
		for _, t := range s.recent {
			if s.options.Now().Sub(t.end) <= suspicion+s.options.Settle {
				r.Suspects = append(r.Suspects, t.name)
			}
		}
	}
	if v.status != Failed {
		v.evidence = v.all // one of them did it
	}
	v.evidence = append(slices.Clone(v.evidence[:min(len(v.evidence), mostEvidence-1)]), control)
	r.Status, r.Actual = Failed, r.Actual+"; "+listResponses([]attempt{control})
	if len(r.Suspects) > 0 {
		r.Actual += ". Suspects, too, if the endpoint works on an event after it responds: " + strings.Join(r.Suspects, ", ")
	}
}

// isBroken reports whether the endpoint still does not accept ordinary events. It may have been
// restarted, or say when it will accept events again.
func (s *session) isBroken() bool {
	if s.broken == nil {
		return false
	}
	if wait := retryAfter(s.broken.control.result.Headers); wait <= longestWait && s.options.Now().Sub(s.broken.at) < longestWait {
		_ = s.options.Sleep(s.ctx, wait)
	}
	timeout := s.options.Timeout
	if timeout == 0 || timeout > afterPatience {
		timeout = afterPatience
	}
	if control := s.control(timeout); control.judge() != Failed {
		s.broken = nil
	}
	return s.broken != nil
}

// retryAfter returns the seconds of a Retry-After header; 0 means that there is none, or a date.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}
