package run

import (
	"fmt"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/show"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// loopbackPath is the path in the documentation's example.
const loopbackPath = "apizeehooks/"

// listen starts a listener in this process and makes it the endpoint.
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

// received is called for each request that the loopback listener receives. One without a response, whose
// delivery was aborted, may be reported during any later step, and is not shown.
func (v *view) received(r *receive.Reception) {
	if r.Status == 0 {
		return
	}
	v.mu.Lock()
	v.arrived = append(v.arrived, r)
	v.mu.Unlock()
	select {
	case v.arrival <- struct{}{}:
	default:
	}
}

// showReceived prints the requests that the loopback listener received for a step.
func (v *view) showReceived(results []deliver.Result) {
	p := v.palette
	for _, r := range v.takeArrived(results) {
		v.line("      %s %s  %s", p.Dim("⇠ received"), show.Event(p, r.Report.Event), p.Dim(fmt.Sprintf("responded %d", r.Status)))
		for _, f := range r.Report.Findings {
			v.line("        %s", show.Finding(p, f))
		}
	}
}

// arrivalTimeout is how long the listener may take to report a request after its response.
const arrivalTimeout = time.Second

// takeArrived returns the requests that arrived for a step. A response may be here before the
// listener has reported the request, so it waits for one request per response.
func (v *view) takeArrived(results []deliver.Result) []*receive.Reception {
	if !v.run.options.loopback {
		return nil
	}
	expected := 0
	for _, r := range results {
		if r.Status != 0 {
			expected++
		}
	}
	timeout := time.NewTimer(arrivalTimeout)
	defer timeout.Stop()
	for {
		v.mu.Lock()
		if len(v.arrived) >= expected {
			arrived := v.arrived
			v.arrived = nil
			v.mu.Unlock()
			slices.SortFunc(arrived, func(a, b *receive.Reception) int { return int(a.N - b.N) })
			return arrived
		}
		v.mu.Unlock()
		select {
		case <-v.arrival:
		case <-timeout.C:
			expected = 0
		}
	}
}
