package audit

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// Plan is what an audit would do to an endpoint that acts on events. It is what a try of all rules
// would send, with nothing sent; where rules stop early, they send less.
type Plan struct {
	Events int
	// Created, Updated and Deleted count the objects.
	Created, Updated, Deleted int
	// First and Last are the IDs in use.
	First, Last int
}

// NewPlan returns the plan of an audit.
func NewPlan(o Options) Plan {
	ctx := context.Background()
	o.Transport, o.OnResult, o.Repeat = new(http.Transport), nil, nil
	o.Sleep = func(context.Context, time.Duration) error { return nil }
	if o.Program != nil {
		o.Program = noProgram{}
	}
	s := newSession(ctx, o)
	s.plan = true
	seen := s.sent
	s.control(o.Timeout)
	rules := Rules(o.Catalog)
	for _, rule := range rules {
		s.run(rule)
	}
	s.ids += len(rules) // those of an ordinary event before each, while the endpoint is broken
	p := Plan{Events: seen.events, First: s.options.IDBase + 1, Last: s.options.IDBase + s.ids}
	for _, h := range seen.objects {
		p.Created += h.created
		p.Updated += h.updated
		p.Deleted += h.deleted
	}
	return p
}

// noProgram stands in for the program under test.
type noProgram struct{}

func (noProgram) Start(context.Context) error { return nil }
func (noProgram) Stop()                       {}
func (noProgram) Kill()                       {}

// planned returns the response of a good endpoint to a request that was not sent.
func (s *session) planned(r Request) deliver.Result {
	status := http.StatusNoContent
	if !slices.Equal(r.Target.Headers, s.options.Target.Headers) {
		status = http.StatusUnauthorized
	}
	return deliver.Result{Status: status, StatusText: http.StatusText(status)}
}
