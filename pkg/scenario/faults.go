package scenario

import (
	"context"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// faultNames are the faults that a single delivery can have. To change places
// takes two events: together with an order does that.
func faultNames() []string {
	var names []string
	for _, f := range fault.All() {
		plan := f.Plan(deliver.Options{})
		if f.Shape != fault.Order || plan != (deliver.Options{}) {
			names = append(names, f.Name)
		}
	}
	return names
}

func (r *reader) fault(f field, s *step) {
	name := r.choice(f.value, "a fault", faultNames())
	if parsed, err := fault.Parse(name); err == nil {
		s.fault = &parsed
	}
}

// copiesOf is how often an event is delivered.
func (p *playing) copiesOf(s *step) int {
	n := max(s.times, 1) * p.options.Assume.copies()
	if s.fault == nil {
		return n
	}
	return s.fault.Plan(deliver.Options{Count: n}).Count
}

// send makes one delivery of an event, with its fault.
func (p *playing) send(ctx context.Context, d delivery) deliver.Result {
	if d.fault == nil {
		return p.runner.Client.Deliver(ctx, d.request, d.limit)
	}
	if late := d.fault.Plan(deliver.Options{}).Late; late > 0 {
		// Told to stop meanwhile, the delivery itself says so.
		_ = p.runner.Sleep(ctx, late)
	}
	return p.runner.Faulty(*d.fault, uint64(p.options.Seed)).Deliver(ctx, d.request, d.limit)
}
