package audit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// probe sends the requests of the rules.
type probe struct {
	ctx       context.Context
	options   Options
	client    *deliver.Client
	secret    deliver.Header // has no name when none is configured
	delivered int
	downSince string // the rule after which connections were refused; "" while the endpoint is up
}

func newProbe(ctx context.Context, o Options) *probe {
	p := &probe{ctx: ctx, options: o, client: deliver.NewClient(o.Transport, o.Now)}
	for _, h := range o.Target.Headers {
		if !h.Remove && redact.IsSecret(h.Name) && p.secret.Name == "" {
			p.secret = h
		}
	}
	return p
}

// isDown reports whether the endpoint refuses connections. A supervisor may have restarted
// it, so it is probed again.
func (p *probe) isDown() bool {
	if p.downSince != "" && !refusedConnection(p.sendOnNewConnection()) {
		p.downSince = ""
	}
	return p.downSince != ""
}

// sendOnNewConnection sends a valid event over a new connection: an old one may belong to a
// process that has ended.
func (p *probe) sendOnNewConnection() deliver.Result {
	p.options.Transport.CloseIdleConnections()
	return p.send(p.ordinary())
}

func refusedConnection(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindRefused
}

// firstID keeps the IDs of the audit's objects apart from those of the endpoint's own tests.
const firstID = 990_000_000

// id returns a database ID that no earlier event has used.
func (p *probe) id() string {
	p.delivered++
	return strconv.Itoa(firstID + p.delivered)
}

// uid returns such a public ID, in the documented format.
func (p *probe) uid() string { return fmt.Sprintf("a0d17000-0000-4000-8000-%08s", p.id()[1:]) }

func (p *probe) idFor(object string) string {
	if o, ok := p.options.Catalog.LookupObject(object); ok && !slices.Contains(o.ID.Types, apizee.Integer) {
		return p.uid()
	}
	return p.id()
}

// build returns an event made from the catalog's examples. Undocumented props are JSON.
func (p *probe) build(object, event string, props ...payload.Prop) []byte {
	body, _, err := payload.Build(p.options.Catalog, payload.Spec{
		Object: object, Event: event, ID: p.idFor(object), Props: props, Undocumented: true,
	}, p.options.Now().Unix())
	if err != nil {
		panic(err) // a mistake in a rule, which the tests of the rules find
	}
	return body
}

// withNulls returns an event with null at these paths.
func (p *probe) withNulls(body []byte, paths ...string) []byte {
	for _, path := range paths {
		null, err := payload.ParseSet(path + "=null")
		if err != nil {
			panic(err)
		}
		if body, err = payload.Apply(p.options.Catalog, body, []payload.Change{null}); err != nil {
			panic(err)
		}
	}
	return body
}

// ordinary returns an event that every endpoint should accept.
func (p *probe) ordinary() []byte { return p.build(apizee.Ticket, apizee.Update) }

func (p *probe) send(body []byte) deliver.Result { return p.sendTo(p.options.Target, body) }

func (p *probe) sendTo(target deliver.Target, body []byte) deliver.Result {
	return p.client.Deliver(p.ctx, deliver.Request{Target: target, Body: body}, p.options.Timeout)
}

// sendFaulty sends an event with a fault of package fault.
func (p *probe) sendFaulty(name string, body []byte) deliver.Result {
	f, err := fault.Parse(name)
	if err != nil {
		panic(err)
	}
	client := f.Client(p.options.Transport, p.options.Now, fault.Options{Seed: p.options.Seed, Sleep: p.options.Sleep})
	return client.Deliver(p.ctx, deliver.Request{Target: p.options.Target, Body: body}, p.options.Timeout)
}

// get sends a GET request, as a browser or a health check would.
func (p *probe) get() deliver.Result {
	return p.client.Deliver(p.ctx, deliver.Request{Target: p.options.Target, Method: http.MethodGet}, p.options.Timeout)
}

// sendConcurrently sends all bodies at the same time.
func (p *probe) sendConcurrently(bodies [][]byte) []deliver.Result {
	results := make([]deliver.Result, len(bodies))
	var all sync.WaitGroup
	for i, body := range bodies {
		all.Go(func() { results[i] = p.send(body) })
	}
	all.Wait()
	return results
}

// withSecret returns the target with other headers in place of the secret one.
func (p *probe) withSecret(headers ...deliver.Header) deliver.Target {
	target := p.options.Target
	target.Headers = slices.DeleteFunc(slices.Clone(target.Headers), func(h deliver.Header) bool { return h.Name == p.secret.Name })
	target.Headers = append(target.Headers, headers...)
	return target
}

// withNextEvent adds an attempt that shows whether the endpoint still works.
func (p *probe) withNextEvent(attempts ...attempt) []attempt {
	return append(attempts, attempt{label: "next event", result: p.send(p.ordinary()), want: mustAccept(), within: responseDeadline})
}

// responseDeadline is how long a response may take before senders in general give up.
// Apizee documents none; a few seconds are usual.
const responseDeadline = 2 * time.Second

func one(label string, r deliver.Result) []attempt { return []attempt{{label: label, result: r}} }
