package audit

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

func deliveryRules() []Rule {
	return []Rule{
		{
			Name: "duplicate", Title: "Duplicate delivery",
			Why:      "A sender that misses the response sends again. Processing twice means two emails, two invoices.",
			Expected: "2xx for both (a 409 makes a sender send again); process once", want: mustAccept(), effect: true,
			try: duplicated,
		},
		{
			Name: "out-of-order", Title: "Out-of-order delivery",
			Why:      "Events are sent asynchronously and no order is documented. An older update must not reopen a closed ticket.",
			Expected: "2xx for both; keep the newer state", want: mustAccept(), effect: true,
			try: outOfOrder,
		},
		{
			Name: "burst", Title: "50 concurrent events", effect: true,
			Why:      "Campaigns, bulk imports and recoveries from outages cause many events, and connections, at once.",
			Expected: "2xx for all, each within " + burstDeadline.String(), want: mustAccept(),
			try: concurrentEvents,
		},
		{
			Name: "rate-limit", Title: "100 events in quick succession",
			Why:      "No retry is documented, so an event that a rate limit rejects is lost. A sender that retries needs to know when.",
			Expected: "2xx for all; a 429 has at least a Retry-After in seconds", want: mustAccept(),
			try: func(s *session) []attempt {
				const count = 100
				var attempts []attempt
				for i := range count {
					a := s.do(Request{Label: fmt.Sprintf("event %d", i+1), Body: s.ordinary(), Count: count})
					if retryAfter(a.result.Headers) > 0 {
						a.want = mustAccept().orWarn(limited)
					}
					attempts = append(attempts, a)
				}
				return attempts
			},
		},
		{
			Name: "update-first", Title: "Update of an object that is not known",
			Why:      "No order is documented, and objects may be older than the webhook. An update that is rejected is lost.",
			Expected: "2xx; create the object, or ignore the update", want: shouldAccept(),
			try: func(s *session) []attempt { return []attempt{s.send("", s.build(apizee.Ticket, apizee.Update))} },
		},
		{
			Name: "slow-body", Title: "Slow body, and another event meanwhile",
			Why:      "One slow sender must not block the others.",
			Expected: "2xx or 408 for the slow event; 2xx for the other within " + responseDeadline.String(), want: acceptOrReject(),
			needs: needsNoProxy,
			try:   slowBodyAndAnother,
		},
	}
}

const burstDeadline = 5 * time.Second

func duplicated(s *session) []attempt {
	t, created := s.created(1)
	update := t.body(apizee.Update, apizee.StateInProgress, 0)
	attempts := []attempt{created, s.send("first delivery", update)}
	var once observation
	looks := s.seesEffects()
	if looks {
		if once = s.look(t.last, s.within()); !once.met {
			return append(attempts, s.seen("effect of the first delivery", t.last, once, ""))
		}
	}
	attempts = append(attempts, s.do(Request{Label: "second delivery", Body: update, Count: 2}).mayConflict())
	if looks {
		s.catchUp()
		attempts = append(attempts, s.unchanged(t.last, once, s.look(t.last, 0)))
	}
	return attempts
}

// mayConflict makes a 409 a warning, as it is a true answer to an event that repeats another or is
// older than the state. Nothing is lost, but a sender that retries sends the event again.
func (a attempt) mayConflict() attempt {
	if a.result.Status == http.StatusConflict {
		return a.wants(mustAccept().orWarn(rejected))
	}
	return a
}

// unchanged compares what the probe shows before and after a duplicate. Without a path it compares
// whole responses, which may change for a good reason.
func (s *session) unchanged(c change, before, after observation) attempt {
	a := s.seen("after the second delivery", c, after, "the effect is there once")
	if a.verdict != Passed {
		return a
	}
	was, err := s.options.Probe.count(before)
	is, otherErr := s.options.Probe.count(after)
	path := s.options.Probe.spec.Count
	switch {
	case err != nil || otherErr != nil:
		a.verdict, a.actual = Failed, cmp.Or(err, otherErr).Error()
	case was == is:
	case path != "":
		a.verdict, a.actual = Failed, fmt.Sprintf("%s is %s, was %s", path, a.brief(is), a.brief(was))
	default:
		a.verdict, a.actual = Warned, fmt.Sprintf("the probe shows %s, before %s", a.brief(strings.TrimSpace(is)), a.brief(strings.TrimSpace(was)))
	}
	return a
}

func outOfOrder(s *session) []attempt {
	t, created := s.created(120)
	attempts := []attempt{created, t.send("newer event", apizee.Update, apizee.StateClosed, 0)}
	newer := t.last
	if s.seesEffects() {
		if effect := s.shows("effect of the newer event", newer); effect.verdict != Passed {
			return append(attempts, effect)
		}
	}
	attempts = append(attempts, t.send("older event", apizee.Update, apizee.StateInProgress, -60).mayConflict())
	if s.seesEffects() {
		attempts = append(attempts, s.keeps("state after the older event", newer))
	}
	return attempts
}

// Burst is how many events an audit sends at once, and so the connections that it keeps.
const Burst = 50

func concurrentEvents(s *session) []attempt {
	var requests []Request
	var changes []change
	for i := range Burst {
		t := s.object(apizee.Ticket)
		requests = append(requests, Request{Label: fmt.Sprintf("event %d", i+1), Body: t.body(apizee.Create, apizee.StateNew, 0), Count: Burst, AtOnce: true})
		changes = append(changes, t.last)
	}
	attempts := s.concurrently(requests)
	var accepts []change
	for i := range attempts {
		attempts[i].within = burstDeadline
		if attempts[i].reaction() == accepted {
			accepts = append(accepts, changes[i])
		}
	}
	if s.seesEffects() {
		for i, found := range s.lookAll(accepts) {
			attempts = append(attempts, s.seen("effect of ticket "+accepts[i].id, accepts[i], found, "the effect is there"))
		}
	}
	return attempts
}

// slowBodyAndAnother sends a valid event while the body of the slow one is being sent.
func slowBodyAndAnother(s *session) []attempt {
	slow := Request{Label: "slow event", Fault: "slow-body", Body: s.ordinary()}
	other := s.ordinary()
	started := make(chan struct{}, 1)
	slowSession := *s
	slowSession.options.Sleep = func(ctx context.Context, d time.Duration) error {
		select {
		case started <- struct{}{}:
		default: // the other event has been sent already
		}
		return s.options.Sleep(ctx, d)
	}
	done := make(chan attempt, 1)
	go func() {
		done <- slowSession.do(slow)
		close(started)
	}()
	<-started
	meanwhile := s.do(Request{Label: "other event", Body: other, During: &slow}).wants(mustAccept()).soon()
	return []attempt{<-done, meanwhile}
}
