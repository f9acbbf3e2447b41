package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func deliveryRules() []Rule {
	return []Rule{
		{
			Name: "duplicate", Group: delivery, Title: "Duplicate delivery",
			Why:      "A sender that misses the response sends again. Processing twice means two emails, two invoices.",
			Expected: "2xx for both; process once", want: mustAccept(),
			try: func(p *probe) []attempt {
				body := p.ordinary()
				return []attempt{{label: "first delivery", result: p.send(body)}, {label: "second delivery", result: p.send(body)}}
			},
		},
		{
			Name: "out-of-order", Group: delivery, Title: "Out-of-order delivery",
			Why:      "Events are sent asynchronously and no order is documented. An older update must not reopen a closed ticket.",
			Expected: "2xx for both; keep the newer state", want: mustAccept(),
			try: func(p *probe) []attempt {
				newer := p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: apizee.StateClosed})
				older := older(p, newer)
				return []attempt{{label: "newer event", result: p.send(newer)}, {label: "older event", result: p.send(older)}}
			},
		},
		{
			Name: "burst", Group: delivery, Title: "50 concurrent events",
			Why:      "Campaigns, bulk imports and recoveries from outages cause many events, and connections, at once.",
			Expected: "2xx for all, each within " + burstDeadline.String(), want: mustAccept(),
			try: func(p *probe) []attempt {
				var bodies [][]byte
				for range 50 {
					bodies = append(bodies, p.ordinary())
				}
				var attempts []attempt
				for i, r := range p.sendConcurrently(bodies) {
					attempts = append(attempts, attempt{label: fmt.Sprintf("event %d", i+1), result: r, within: burstDeadline})
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
func older(p *probe, body []byte) []byte {
	earlier, err := payload.ParseSet("props." + apizee.PropState + "=" + apizee.StateInProgress)
	if err != nil {
		panic(err)
	}
	body, err = payload.Apply(p.options.Catalog, body, []payload.Change{earlier})
	if err != nil {
		panic(err)
	}
	body, err = payload.SetTime(p.options.Catalog, body, p.options.Now().Unix()-60)
	if err != nil {
		panic(err)
	}
	return body
}

// slowBodyAndAnother sends a valid event while the body of the slow one is being sent.
func slowBodyAndAnother(p *probe) []attempt {
	slow, other := p.ordinary(), p.ordinary()
	started := make(chan struct{}, 1)
	slowProbe := *p
	slowProbe.options.Sleep = func(ctx context.Context, d time.Duration) error {
		select {
		case started <- struct{}{}:
		default: // the other event has been sent already
		}
		return p.options.Sleep(ctx, d)
	}
	done := make(chan deliver.Result, 1)
	go func() {
		done <- slowProbe.sendFaulty("slow-body", slow)
		close(started)
	}()
	<-started
	meanwhile := p.send(other)
	return []attempt{
		{label: "slow event", result: <-done},
		{label: "other event", result: meanwhile, want: mustAccept(), within: responseDeadline},
	}
}
