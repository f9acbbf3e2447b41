package scenario

import (
	"slices"
	"strings"
)

// anyAccepted is what a reply must be like when nobody says more.
func anyAccepted() *expectation {
	return &expectation{status: []statusRange{{200, 299, "2xx"}}}
}

// inherit gives every step what it does not say of its own. A probe is no
// delivery, so it takes nothing from what deliveries must come to.
func inherit(steps []step, from *expectation) {
	accepted := anyAccepted()
	for i := range steps {
		s := &steps[i]
		if s.kind == probeStep {
			s.expect = withDefaults(s.expect, accepted)
			continue
		}
		s.expect = withDefaults(s.expect, from)
		inherit(s.steps, s.expect)
	}
}

// asksReply tells whether something of a reply matters.
func (x *expectation) asksReply() bool {
	return x.status != nil || x.headers != nil || x.json != nil || x.body != nil
}

// withDefaults fills in what an expectation leaves open. A failure that is meant
// to happen and a reply exclude each other.
func withDefaults(own, inherited *expectation) *expectation {
	if own == nil {
		return inherited
	}
	x := *own
	if !x.within.isSet() {
		x.within = inherited.within
	}
	if !x.asksReply() && x.failure == "" {
		x.failure = inherited.failure
	}
	if x.failure != "" {
		return &x
	}
	if x.status == nil {
		x.status = inherited.status
	}
	if x.status == nil {
		x.status = anyAccepted().status
	}
	x.headers = inheritChecks(x.headers, inherited.headers)
	x.json = inheritChecks(x.json, inherited.json)
	if x.body == nil {
		x.body = inherited.body
	}
	return &x
}

// inheritChecks adds those defaults that a step does not have of its own.
func inheritChecks(own, inherited []check) []check {
	all := slices.Clip(own)
	for _, c := range inherited {
		if !slices.ContainsFunc(own, func(o check) bool { return strings.EqualFold(o.name, c.name) }) {
			all = append(all, c)
		}
	}
	return all
}
