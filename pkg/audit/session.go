package audit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// session is an audit under way. It sends the requests of the rules.
type session struct {
	ctx     context.Context
	options Options
	client  *deliver.Client
	ids     int  // that were used
	plan    bool // sends nothing
	sent    *ledger

	worked  bool      // an ordinary event was accepted at least once
	broken  *breakage // nil while the endpoint accepts ordinary events
	recent  []tried
	silent  *atomic.Int32 // requests of the rule that timed out
	named   *attempt      // an ordinary event about a conversation; nil before one was sent
	secrets []secret      // that the endpoint checks, or may check
	checks  bool          // whether it rejects an event without them
	tested  bool          // whether checks is known

	shown      *attempt      // whether the probe shows an ordinary event; nil until it was tried
	firstStart time.Duration // of the program
	stays      error         // why the program did not start again
}

func newSession(ctx context.Context, o Options) *session {
	return &session{sent: newLedger(), silent: new(atomic.Int32), ctx: ctx, options: o, client: deliver.NewClient(o.Transport, o.Now), secrets: findSecrets(o)}
}

// Request is a request of a rule, as far as it differs from an event sent to the endpoint.
type Request struct {
	Label  string
	Target deliver.Target // without a URL it is the endpoint
	Method string         // "" means POST
	Body   []byte
	Fault  string   // of package fault
	Count  int      // how often it was sent; 0 means once
	AtOnce bool     // whether these were concurrent
	Before *Request // that was sent before, on the same connection
	During *Request // that was being sent at the same time

	// Earlier are the events whose effect the request shows, in the order in which they were sent.
	Earlier []Request

	timeout time.Duration // 0 means that of the audit
}

// mostSilent is how many requests of a rule may time out. The others are not sent then: a hundred
// would take a hundred times as long.
const mostSilent = 2

// send sends a body to the endpoint.
func (s *session) send(label string, body []byte) attempt {
	return s.do(Request{Label: label, Body: body})
}

// sendFaulty sends an ordinary event with a fault.
func (s *session) sendFaulty(label, fault string) attempt {
	return s.do(Request{Label: label, Fault: fault, Body: s.ordinary()})
}

func (s *session) do(r Request) attempt {
	client := s.client
	if r.Fault != "" {
		f, err := fault.Parse(r.Fault)
		if err != nil {
			panic(err) // a mistake in a rule, which the tests of the rules find
		}
		client = f.Client(s.options.Transport, s.options.Now, fault.Options{Sleep: s.options.Sleep})
	}
	return s.doWith(client, r)
}

func (s *session) doWith(client *deliver.Client, r Request) attempt {
	r = s.addressed(r)
	if r.timeout == 0 {
		r.timeout = s.options.Timeout
	}
	a := attempt{label: r.Label, request: r, mask: s.options.Mask}
	switch {
	case s.plan:
		a.result = s.planned(r)
	case s.silent.Load() >= mostSilent:
		a.verdict, a.actual = Failed, "not sent, as earlier requests got no response"
		return a
	default:
		a.result = client.Deliver(s.ctx, deliver.Request{Target: r.Target, Method: r.Method, Body: r.Body}, r.timeout)
		if a.reaction() == timedOut {
			s.silent.Add(1)
		}
	}
	s.sent.add(s.options.Catalog, a)
	return a
}

// addressed returns the request, and those that it refers to, with the endpoint as the target where
// they have none.
func (s *session) addressed(r Request) Request {
	if r.Target.URL == nil {
		r.Target = s.options.Target
	}
	for _, other := range []**Request{&r.Before, &r.During} {
		if *other != nil {
			complete := s.addressed(**other)
			*other = &complete
		}
	}
	r.Earlier = slices.Clone(r.Earlier)
	for i, earlier := range r.Earlier {
		r.Earlier[i] = s.addressed(earlier)
	}
	return r
}

// concurrently sends requests at the same time.
func (s *session) concurrently(requests []Request) []attempt {
	attempts := make([]attempt, len(requests))
	var all sync.WaitGroup
	for i, r := range requests {
		all.Go(func() { attempts[i] = s.do(r) })
	}
	all.Wait()
	return attempts
}

// NewIDBase returns an Options.IDBase for an audit that starts now. It keeps the IDs apart from those of
// the endpoint's own tests, below 2^31, and, as it grows by 1000 a second, from those of earlier audits: an
// endpoint may remember which objects were deleted, and ignore all further events about them.
func NewIDBase(now time.Time) int {
	const first, span = 1_000_000_000, 1_100_000_000
	return first + int(now.UnixMilli()%span)
}

// id returns a database ID that no earlier event has used.
func (s *session) id() string { return strconv.Itoa(s.next()) }

func (s *session) next() int {
	s.ids++
	return s.options.IDBase + s.ids
}

// uid returns such a public ID, in the documented format.
func (s *session) uid() string {
	n := s.next()
	return fmt.Sprintf("a0d17000-%04d-4000-8000-%08d", n/100_000_000%10_000, n%100_000_000)
}

func (s *session) idFor(object string) string {
	if o, ok := s.options.Catalog.LookupObject(object); ok && !slices.Contains(o.ID.Types, apizee.Integer) {
		return s.uid()
	}
	return s.id()
}

// build returns an event made from the catalog's examples. Undocumented props are JSON.
func (s *session) build(object, event string, props ...payload.Prop) []byte {
	return s.buildID(object, event, s.idFor(object), props...)
}

func (s *session) buildID(object, event, id string, props ...payload.Prop) []byte {
	body, _, err := payload.Build(s.options.Catalog, payload.Spec{
		Object: object, Event: event, ID: id, Props: props, Undocumented: true,
	}, s.options.Now().Unix())
	if err != nil {
		panic(err) // a mistake in a rule
	}
	return body
}

// at returns the event with another time.
func (s *session) at(unix int64, body []byte) []byte {
	body, err := payload.SetTime(s.options.Catalog, body, unix)
	if err != nil {
		panic(err)
	}
	return body
}

// withName returns an event about a conversation of a name.
func (s *session) withName(name string) []byte {
	return s.build(apizee.Conversation, apizee.Create, payload.Prop{Path: apizee.PropName, Text: name})
}

// withNulls returns an event with null at these paths.
func (s *session) withNulls(body []byte, paths ...string) []byte {
	for _, path := range paths {
		null, err := payload.ParseSet(path + "=null")
		if err != nil {
			panic(err)
		}
		if body, err = payload.Apply(s.options.Catalog, body, []payload.Change{null}); err != nil {
			panic(err)
		}
	}
	return body
}

// ordinary returns an event that every endpoint should accept. It creates an object, as some endpoints
// reject updates of objects that they do not know.
func (s *session) ordinary() []byte { return s.build(apizee.Ticket, apizee.Create) }

// responseDeadline is how long a response may take before senders in general give up.
// Apizee documents none; a few seconds are usual.
const responseDeadline = 2 * time.Second
