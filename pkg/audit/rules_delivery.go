package audit

import (
	"context"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

func deliveryRules() []Rule {
	return []Rule{
		{
			Name: "duplicate", Group: delivery, Title: "The same event twice",
			Why:  "A sender that did not hear the answer sends again. Acting twice means two mails, two invoices.",
			Good: "2xx to both, and one action", want: mustAccept(),
			try: func(p *probe) []attempt {
				body := p.ordinary()
				return []attempt{{label: "the first", result: p.send(body)}, {label: "the second", result: p.send(body)}}
			},
		},
		{
			Name: "out-of-order", Group: delivery, Title: "An older event after a newer one",
			Why:  "Events are sent asynchronously, and no order is documented: a closed ticket must not come to life again.",
			Good: "2xx to both, and the newer state stays", want: mustAccept(),
			try: func(p *probe) []attempt {
				newer := p.build(apizee.Ticket, apizee.Update, payload.Prop{Path: apizee.PropState, Text: apizee.StateClosed})
				older := older(p, newer)
				return []attempt{{label: "the newer", result: p.send(newer)}, {label: "the older", result: p.send(older)}}
			},
		},
		{
			Name: "burst", Group: delivery, Title: "50 events at once",
			Why:  "A campaign, an outage that ends, a bulk import: events come in heaps, and the connections with them.",
			Good: "2xx to all, each within " + burstPatience.String(), want: mustAccept(),
			try: func(p *probe) []attempt {
				var bodies [][]byte
				for range 50 {
					bodies = append(bodies, p.ordinary())
				}
				var attempts []attempt
				for _, r := range p.atOnce(bodies) {
					attempts = append(attempts, attempt{label: "one of the 50", result: r, within: burstPatience})
				}
				return attempts
			},
		},
		{
			Name: "slow-body", Group: delivery, Title: "A body that trickles in, and an event meanwhile",
			Why:  "One sender on a bad line must not keep the others waiting.",
			Good: "2xx or 408 to the slow one; 2xx to the other within " + patience.String(), want: mustSurvive(),
			try: slowAndOther,
		},
	}
}

const burstPatience = 5 * time.Second

// older is the same event, of an earlier state and time.
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

// slowAndOther sends an ordinary event as soon as the slow one is under way.
func slowAndOther(p *probe) []attempt {
	slow, other := p.ordinary(), p.ordinary()
	underWay := make(chan struct{}, 1)
	patient := *p
	patient.options.Sleep = func(ctx context.Context, d time.Duration) error {
		select {
		case underWay <- struct{}{}:
		default: // the other one is on its way already
		}
		return p.options.Sleep(ctx, d)
	}
	done := make(chan deliver.Result, 1)
	go func() {
		done <- patient.sendFaulty("slow-body", slow)
		close(underWay)
	}()
	<-underWay
	meanwhile := p.send(other)
	return []attempt{
		{label: "the slow one", result: <-done},
		{label: "the other meanwhile", result: meanwhile, want: mustAccept(), within: patience},
	}
}
