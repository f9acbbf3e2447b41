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

// probe is what rules deliver with.
type probe struct {
	ctx       context.Context
	options   Options
	client    *deliver.Client
	secret    deliver.Header // without a name when none is configured
	delivered int
	killer    string // the rule since which nothing listens any more
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

// isGone says whether nothing listens at the endpoint. A supervisor may have brought
// it back since it went, so it is asked.
func (p *probe) isGone() bool {
	if p.killer != "" && !refusedConnection(p.knock()) {
		p.killer = ""
	}
	return p.killer != ""
}

// knock delivers over a new connection: an old one may belong to a process that has ended.
func (p *probe) knock() deliver.Result {
	p.options.Transport.CloseIdleConnections()
	return p.send(p.ordinary())
}

func refusedConnection(r deliver.Result) bool {
	return r.Failure != nil && r.Failure.Kind == deliver.KindRefused
}

// firstID keeps the audit's tickets apart from those of the endpoint's own tests.
const firstID = 990_000_000

// id is a database id that no event before has used.
func (p *probe) id() string {
	p.delivered++
	return strconv.Itoa(firstID + p.delivered)
}

// uid is such a public id, in the documented shape.
func (p *probe) uid() string { return fmt.Sprintf("a0d17000-0000-4000-8000-%08s", p.id()[1:]) }

func (p *probe) idOf(object string) string {
	if o, ok := p.options.Catalog.LookupObject(object); ok && !slices.Contains(o.ID.Types, apizee.Integer) {
		return p.uid()
	}
	return p.id()
}

// build makes an event from the catalog's examples. Props that are not documented are JSON.
func (p *probe) build(object, event string, props ...payload.Prop) []byte {
	body, _, err := payload.Build(p.options.Catalog, payload.Spec{
		Object: object, Event: event, ID: p.idOf(object), Props: props, Undocumented: true,
	}, p.options.Now().Unix())
	if err != nil {
		panic(err) // a rule that cannot be built, which the test of the rules shows
	}
	return body
}

// nulled is an event with null at these paths.
func (p *probe) nulled(body []byte, paths ...string) []byte {
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

// ordinary is an event that any endpoint should take.
func (p *probe) ordinary() []byte { return p.build(apizee.Ticket, apizee.Update) }

func (p *probe) send(body []byte) deliver.Result { return p.sendTo(p.options.Target, body) }

func (p *probe) sendTo(target deliver.Target, body []byte) deliver.Result {
	return p.client.Deliver(p.ctx, deliver.Request{Target: target, Body: body}, p.options.Timeout)
}

// sendFaulty delivers with a fault of package fault.
func (p *probe) sendFaulty(name string, body []byte) deliver.Result {
	f, err := fault.Parse(name)
	if err != nil {
		panic(err)
	}
	client := f.Client(p.options.Transport, p.options.Now, fault.Options{Seed: p.options.Seed, Sleep: p.options.Sleep})
	return client.Deliver(p.ctx, deliver.Request{Target: p.options.Target, Body: body}, p.options.Timeout)
}

// get asks as a browser or a health check would.
func (p *probe) get() deliver.Result {
	return p.client.Deliver(p.ctx, deliver.Request{Target: p.options.Target, Method: http.MethodGet}, p.options.Timeout)
}

// atOnce delivers all bodies at the same time.
func (p *probe) atOnce(bodies [][]byte) []deliver.Result {
	results := make([]deliver.Result, len(bodies))
	var all sync.WaitGroup
	for i, body := range bodies {
		all.Go(func() { results[i] = p.send(body) })
	}
	all.Wait()
	return results
}

// withSecret is the target with other headers in the place of the secret one.
func (p *probe) withSecret(headers ...deliver.Header) deliver.Target {
	target := p.options.Target
	target.Headers = slices.DeleteFunc(slices.Clone(target.Headers), func(h deliver.Header) bool { return h.Name == p.secret.Name })
	target.Headers = append(target.Headers, headers...)
	return target
}

// andGoesOn adds the proof that the endpoint goes on working.
func (p *probe) andGoesOn(attempts ...attempt) []attempt {
	return append(attempts, attempt{label: "the next event", result: p.send(p.ordinary()), want: mustAccept(), within: patience})
}

// patience is how long an answer may take before a sender loses it. Nothing is
// documented; a few seconds are usual.
const patience = 2 * time.Second

func one(label string, r deliver.Result) []attempt { return []attempt{{label: label, result: r}} }
