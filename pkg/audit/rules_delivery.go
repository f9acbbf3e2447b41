package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func deliveryRules() []Rule {
	return []Rule{
		{
			Name: "duplicate", Group: delivery, Title: "Duplicate delivery",
			Why:      "A sender that misses the response sends again. Processing twice means two emails, two invoices.",
			Expected: "2xx for both; process once", want: mustAccept(), effect: true,
			try: func(s *session) []attempt {
				body := s.ordinary()
				return []attempt{
					s.send("first delivery", body),
					s.do(Request{Label: "second delivery", Body: body, Count: 2}),
				}
			},
		},
		{
			Name: "out-of-order", Group: delivery, Title: "Out-of-order delivery",
			Why:      "Events are sent asynchronously and no order is documented. An older update must not reopen a closed ticket.",
			Expected: "2xx for both; keep the newer state", want: mustAccept(), effect: true,
			try: func(s *session) []attempt {
				newer := s.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: apizee.StateClosed})
				return []attempt{s.send("newer event", newer), s.send("older event", older(s, newer))}
			},
		},
		{
			Name: "burst", Group: delivery, Title: "50 concurrent events",
			Why:      "Campaigns, bulk imports and recoveries from outages cause many events, and connections, at once.",
			Expected: "2xx for all, each within " + burstDeadline.String(), want: mustAccept(),
			try: func(s *session) []attempt {
				attempts := s.sendConcurrently(50)
				for i := range attempts {
					attempts[i].within = burstDeadline
				}
				return attempts
			},
		},
		{
			Name: "rate-limit", Group: delivery, Title: "100 events in quick succession",
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
			Name: "slow-body", Group: delivery, Title: "Slow body, and another event meanwhile",
			Why:      "One slow sender must not block the others.",
			Expected: "2xx or 408 for the slow event; 2xx for the other within " + responseDeadline.String(), want: acceptOrReject(),
			try: slowBodyAndAnother,
		},
	}
}

const burstDeadline = 5 * time.Second

// older returns the same event with an earlier state and time.
func older(s *session, body []byte) []byte {
	earlier, err := payload.ParseSet("props." + apizee.PropState + "=" + apizee.StateInProgress)
	if err != nil {
		panic(err)
	}
	body, err = payload.Apply(s.options.Catalog, body, []payload.Change{earlier})
	if err != nil {
		panic(err)
	}
	body, err = payload.SetTime(s.options.Catalog, body, s.options.Now().Unix()-60)
	if err != nil {
		panic(err)
	}
	return body
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
	meanwhile := s.send("other event", other).wants(mustAccept()).soon()
	return []attempt{<-done, meanwhile}
}
