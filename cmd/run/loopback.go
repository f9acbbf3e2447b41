package run

import (
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// loopbackPath is the path of the documentation's example.
const loopbackPath = "apizeehooks/"

// listen makes this process the receiver.
func (r *running) listen() (stop func(), err error) {
	listener, err := r.app.StartLoopback(r.view.received)
	if err != nil {
		return nil, err
	}
	if r.delivery.To, err = deliver.ParseURL(listener.URL + loopbackPath); err != nil {
		listener.Stop()
		return nil, err
	}
	return listener.Stop, nil
}

// received is told of each request that the loopback listener got.
func (v *view) received(r receive.Reception) {
	v.mu.Lock()
	v.arrived = append(v.arrived, r)
	v.mu.Unlock()
	select {
	case v.came <- struct{}{}:
	default:
	}
}

// bothSides shows what the listener of this process got.
func (v *view) bothSides(replies []deliver.Result) {
	p := v.palette
	for _, r := range v.takeArrived(replies) {
		v.line("      %s %s  %s", p.Dim("⇠ received"), show.Event(p, r.Report.Event), p.Dim(fmt.Sprintf("answered %d", r.Status)))
		for _, f := range r.Report.Findings {
			remark := show.Finding(p, f)
			v.line("        %s", remark.Paint(remark.Text))
		}
	}
}

// arriveWithin is how long an answered request may take to be reported.
const arriveWithin = time.Second

// takeArrived takes what arrived for a step. A reply may be here before the
// listener has told of the request, so it waits for as many as were answered.
func (v *view) takeArrived(replies []deliver.Result) []receive.Reception {
	if !v.run.options.loopback {
		return nil
	}
	answered := 0
	for _, r := range replies {
		if r.Status != 0 {
			answered++
		}
	}
	limit := time.NewTimer(arriveWithin)
	defer limit.Stop()
	for {
		v.mu.Lock()
		if len(v.arrived) >= answered {
			arrived := v.arrived
			v.arrived = nil
			v.mu.Unlock()
			slices.SortFunc(arrived, func(a, b receive.Reception) int { return int(a.N - b.N) })
			return arrived
		}
		v.mu.Unlock()
		select {
		case <-v.came:
		case <-limit.C:
			answered = 0
		}
	}
}
