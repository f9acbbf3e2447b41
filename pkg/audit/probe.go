package audit

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/parse"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/runner"
)

// A response does not show whether an endpoint acted on an event; a probe does. It is a probe of a
// scenario, with the variables of probeVars, and is polled until it shows the effect or times out.

// ProbeSpec is a probe as it is written.
type ProbeSpec struct {
	Request string           // method and URL, such as GET http://localhost:3000/tickets/{{ .id }}
	Expect  string           // the YAML under expect; "" means DefaultExpect
	Headers []deliver.Header // of the request; their values may have expressions, too
	Count   string           // path of a value that a duplicate must not change; "" means the whole response
	Within  time.Duration    // how long an effect may take
}

// DefaultExpect is the expectation of a probe that sets none.
const DefaultExpect = "json: {" + apizee.PropState + `: "{{ .` + apizee.PropState + ` }}"}`

// Probe shows the effect of events.
type Probe struct {
	spec   ProbeSpec
	parsed *scenario.Scenario
	// objects are the names of the objects with a state that the probe shows.
	objects []string
	secrets *redact.Secrets
}

// errSameURL says that a probe cannot tell objects apart.
var errSameURL = errors.New("the URL is the same for all objects; write the ID as {{ .id }}")

// ProbeErrors is what is wrong with a ProbeSpec.
type ProbeErrors []ProbeError

// ProbeError is one of them.
type ProbeError struct {
	Setting string // probe, probe-expect or probe-header
	Message string
}

func (e ProbeErrors) Error() string {
	var texts []string
	for _, one := range e {
		texts = append(texts, one.Setting+": "+one.Message)
	}
	return strings.Join(texts, "; ")
}

const settingProbe, settingExpect, settingHeader = "probe", "probe-expect", "probe-header"

// probeErrors returns problems with the text of a probe.
func probeErrors(err error) error {
	var problems parse.Problems
	if !errors.As(err, &problems) {
		return ProbeErrors{{settingProbe, err.Error()}}
	}
	var errs ProbeErrors
	for _, p := range problems {
		setting := settingProbe
		if p.File == parse.ProbeExpect {
			setting = settingExpect
		}
		errs = append(errs, ProbeError{setting, p.Advice()})
	}
	return errs
}

// ParseProbe parses a probe. It shows tickets, or every object with a state if its URL depends on
// the object. ${ has no meaning in it: the configuration replaces references to environment
// variables. The error is a ProbeErrors.
func ParseProbe(c *apizee.Catalog, spec ProbeSpec, secrets *redact.Secrets) (*Probe, error) {
	if strings.TrimSpace(spec.Expect) == "" {
		spec.Expect = DefaultExpect
	}
	p := &Probe{spec: spec, secrets: secrets}
	sample := change{object: apizee.Ticket, event: apizee.Update, id: "1", state: apizee.StateOpen}
	var err error
	if p.parsed, err = parse.Probe(spec.Request, spec.Expect, parse.Options{Catalog: c, Vars: probeVars(sample)}); err != nil {
		return nil, probeErrors(err)
	}
	engine := expr.New(payload.Sources{})
	engine.Vars = probeVars(sample)
	for _, h := range spec.Headers {
		if _, err := engine.Text(h.Value); err != nil {
			return nil, ProbeErrors{{settingHeader, fmt.Sprintf("%s: %v", h.Name, err)}}
		}
		p.parsed.Steps[0].Headers = append(p.parsed.Steps[0].Headers, scenario.Header{Name: h.Name, Text: h.Value, Remove: h.Remove})
	}
	first, err := p.url(sample)
	if err != nil {
		return nil, probeErrors(err)
	}
	other := sample
	other.id = "2"
	if second, err := p.url(other); err != nil || first == second {
		return nil, probeErrors(cmp.Or(err, errSameURL))
	}
	p.objects = []string{apizee.Ticket}
	for _, o := range c.Objects {
		other := sample
		other.object = o.Name
		if _, ok := o.Prop(apizee.PropState); !ok || o.Name == apizee.Ticket {
			continue
		}
		if url, err := p.url(other); err == nil && url != first {
			p.objects = append(p.objects, o.Name)
		}
	}
	return p, nil
}

// URL returns the URL of the probe for some object.
func (p *Probe) URL() (string, error) {
	return p.url(change{object: apizee.Ticket, event: apizee.Update, id: "1", state: apizee.StateOpen})
}

func (p *Probe) url(c change) (string, error) {
	engine := expr.New(payload.Sources{})
	engine.Vars = probeVars(c)
	return engine.Text(p.parsed.Steps[0].Probe.URL)
}

// change is what an event does to an object, as far as a probe shows it.
type change struct{ object, event, id, state string }

// repeat returns the request of the probe, to be repeated.
func (p *Probe) repeat(c change) Request {
	r := Request{Method: p.parsed.Steps[0].Probe.Method}
	if text, err := p.url(c); err == nil {
		r.Target.URL, _ = deliver.ParseURL(text)
	}
	r.Target.Headers = append(r.Target.Headers, deliver.Header{Name: "Content-Type", Remove: true})
	r.Target.Headers = deliver.Override(r.Target.Headers, p.spec.Headers)
	return r
}

// probeVars are the variables of a probe.
func probeVars(c change) map[string]any {
	return map[string]any{"object": c.object, "event": c.event, apizee.PropState: c.state, "id": payload.Decode([]byte(c.id))}
}

// observation is what a probe shows.
type observation struct {
	met     bool           // whether the expectation is met
	problem string         // why it is not
	result  deliver.Result // of the last attempt
}

// count returns the value that a duplicate must not change.
func (p *Probe) count(s observation) (string, error) {
	if p.spec.Count == "" {
		return string(s.result.Body), nil
	}
	value := gjson.GetBytes(s.result.Body, p.spec.Count)
	if !value.Exists() {
		return "", fmt.Errorf("the probe's response has nothing at %s", p.spec.Count)
	}
	return value.Raw, nil
}

// look polls the probe until the effect of a change is there or the time is over; without time
// it probes once. A probe without a response shows nothing, so it is repeated with more time, unless
// nobody listens.
func (s *session) look(c change, within time.Duration) observation {
	if s.plan {
		return observation{met: within > 0} // a single look is for what must not be there
	}
	found := s.poll(c, within)
	if f := found.result.Failure; f != nil && f.Kind != deliver.KindRefused {
		found = s.poll(c, max(within, probePatience))
	}
	return found
}

// probePatience is how long a probe is repeated that gets no response.
const probePatience = 5 * time.Second

func (s *session) poll(c change, within time.Duration) observation {
	p := s.options.Probe
	step := p.parsed.Steps[0]
	expect := *step.Expect
	expect.Within = scenario.Delay{Fixed: max(within, time.Nanosecond)}
	step.Expect = &expect
	one := *p.parsed
	one.Steps, one.Vars = []scenario.Step{step}, nil
	for name, value := range probeVars(c) {
		text, err := payload.JSON(value)
		if err != nil {
			panic(err) // a mistake in a rule
		}
		one.Vars = append(one.Vars, scenario.Variable{Name: name, Value: expr.Value{JSON: text}})
	}
	var seen observation
	run := runner.Runner{
		Client: s.client, Now: s.options.Now, Sleep: s.options.Sleep, Secrets: p.secrets,
		Observe: func(e runner.Event) {
			if probed, ok := e.(runner.Probed); ok {
				seen.result = probed.Result
			}
		},
	}
	outcome := run.Run(s.ctx, &one, runner.Options{}).Steps[0]
	seen.met = outcome.Status == runner.Passed
	if f := outcome.Failure; f != nil {
		seen.problem = f.Message
		switch {
		case seen.result.Failure != nil:
			seen.problem = "the probe: " + seen.result.Failure.Message
		case len(f.Differences) > 0:
			var texts []string
			for _, d := range f.Differences {
				texts = append(texts, d.String())
			}
			seen.problem = strings.Join(texts, "; ")
		}
	}
	return seen
}

// concurrentProbes is how many objects are probed at once.
const concurrentProbes = 8

// lookAll looks for the effects of changes, all of them within the time of one.
func (s *session) lookAll(changes []change) []observation {
	observed := make([]observation, len(changes))
	end := s.options.Now().Add(s.within())
	var all errgroup.Group
	all.SetLimit(concurrentProbes)
	for i, c := range changes {
		all.Go(func() error {
			observed[i] = s.look(c, end.Sub(s.options.Now()))
			return nil
		})
	}
	_ = all.Wait() // none returns an error
	return observed
}

// within is how long an effect may take.
func (s *session) within() time.Duration { return s.options.Probe.spec.Within }
