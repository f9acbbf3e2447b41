package audit

import (
	"fmt"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// Whether an effect is there is polled until it is. Whether something has no effect cannot be
// polled: these rules send an event about another object afterwards and wait for its effect, since
// an endpoint that works on events after it responds has then had its turn.

func effectRules() []Rule {
	rules := []Rule{
		{
			Name: "effect", Title: "Every documented state takes effect",
			Why:      "A 204 says that the event was received, not that anything was stored. Errors after the response are seen by nobody.",
			Expected: "the probe shows each state",
			try:      everyState,
		},
		{
			Name: "same-second", Title: "Two updates within the same second",
			Why:      "Times are in seconds. An endpoint that ignores an event with the time of the last one loses the state that came last.",
			Expected: "2xx for each; the state of the second update, also after a late duplicate of the first",
			try:      sameSecond,
		},
		{
			Name: "late-update", Title: "Late update of a deleted object",
			Why:      "Events are sent asynchronously. An update from before the delete must not bring the object back.",
			Expected: "2xx for the delete; the object stays deleted",
			try:      lateUpdate,
		},
		{
			Name: "two-senders", Title: "Concurrent updates of one object",
			Why:      "Two processes that read, change and write the same row overwrite each other, and caches bring back what was replaced.",
			Expected: "2xx for both; one of the two states, which stays",
			try:      twoSenders,
		},
		{
			Name: "partial-body", Title: "Effect of a truncated or corrupt body",
			Why:      "What could not be parsed as a whole must not be processed in part, whatever the response says.",
			Expected: "no effect",
			try:      partialBodies,
		},
	}
	for i := range rules {
		rules[i].want, rules[i].needs = mustAccept(), needsProbe
		if i > 0 {
			rules[i].pointless = showsNoEffects
		}
	}
	return rules
}

func needsProbe(s *session) string {
	if s.options.Probe == nil {
		return "no probe is configured"
	}
	return ""
}

// showsNoEffects is for the rules about effects: there are none to judge where the probe does not even
// show an ordinary one.
func showsNoEffects(s *session) string {
	if !s.seesEffects() {
		return "the probe does not show the effect of an ordinary event: " + s.shown.actual
	}
	return ""
}

// seesEffects reports whether the probe shows the effect of an ordinary event.
func (s *session) seesEffects() bool {
	if s.options.Probe == nil {
		return false
	}
	if s.shown == nil {
		t := s.object(apizee.Ticket)
		sent := t.send("ticket "+apizee.Create, apizee.Create, apizee.StateNew, 0)
		s.shown = &sent
		if sent.reaction() == accepted {
			seen := s.shows("effect of a ticket "+apizee.Create, t.last)
			s.shown = &seen
		}
	}
	return s.shown.verdict == Passed
}

// object is an object whose state is looked at.
type object struct {
	s        *session
	name, id string
	now      int64 // the time of its last event
	last     change
}

// object returns an object that no event was about.
func (s *session) object(name string) *object {
	return &object{s: s, name: name, id: s.idFor(name), now: s.options.Now().Unix()}
}

// created returns a ticket that was created some time ago, and the attempt.
func (s *session) created(ago int64) (*object, attempt) {
	t := s.object(apizee.Ticket)
	return t, t.send("the create", apizee.Create, apizee.StateNew, -ago)
}

// body returns an event about the object, some seconds from now.
func (o *object) body(event, state string, at int64) []byte {
	var props []payload.Prop
	if state != "" {
		props = append(props, payload.Prop{Path: apizee.PropState, Text: state})
	}
	o.last = change{o.name, event, o.id, state}
	return o.s.at(o.now+at, o.s.buildID(o.name, event, o.id, props...))
}

func (o *object) send(label, event, state string, at int64) attempt {
	return o.s.send(label, o.body(event, state, at))
}

// shows returns an attempt that passes when the probe shows the change in time.
func (s *session) shows(label string, c change) attempt {
	return s.seen(label, c, s.look(c, s.within()), "the effect is there")
}

// seen returns an attempt that passes when a change was found. It is repeated by the events about the
// object and the probe.
func (s *session) seen(label string, c change, found observation, good string) attempt {
	a := attempt{label: label, result: found.result, mask: s.options.Mask, verdict: Passed, actual: good}
	a.request = s.options.Probe.repeat(c)
	a.request.Earlier = s.sent.about(c.object, c.id)
	if !found.met {
		a.verdict, a.actual = Failed, found.problem
	}
	return a
}

// absent returns an attempt that passes when the probe responded, as one without a response does not
// show that there is no effect. Whether a change was found is for the rule to judge.
func (s *session) absent(label string, c change, found observation, good string) attempt {
	found.met = found.result.Failure == nil
	return s.seen(label, c, found, good)
}

// keeps is like shows after an event that must not change the object.
func (s *session) keeps(label string, c change) attempt {
	s.catchUp()
	return s.seen(label, c, s.look(c, 0), "the state is kept")
}

// catchUp waits until the endpoint has worked on the events that it has accepted, and a little
// longer in case it works on them in some other order.
func (s *session) catchUp() {
	t := s.object(apizee.Ticket)
	if t.send("", apizee.Create, apizee.StateNew, 0).reaction() == accepted {
		s.look(t.last, s.within())
	}
	_ = s.options.Sleep(s.ctx, s.options.Settle)
}

// everyState creates an object for each documented state of each object that the probe shows,
// and updates it to that state.
func everyState(s *session) []attempt {
	if !s.seesEffects() {
		return []attempt{*s.shown}
	}
	var attempts []attempt
	var changes []change
	for _, name := range s.options.Probe.objects {
		documented, _ := s.options.Catalog.LookupObject(name)
		prop, _ := documented.Prop(apizee.PropState)
		for _, state := range prop.Values {
			o := s.object(name)
			label := name + " " + apizee.PropState + "=" + state
			attempts = append(attempts, o.send(label+", create", apizee.Create, prop.Values[0], -1), o.send(label+", update", apizee.Update, state, 0))
			changes = append(changes, o.last)
		}
	}
	for i, found := range s.lookAll(changes) {
		attempts = append(attempts, s.seen("effect of "+changes[i].object+" "+apizee.PropState+"="+changes[i].state, changes[i], found, "the effect is there"))
	}
	return attempts
}

func sameSecond(s *session) []attempt {
	t, created := s.created(1)
	first := t.body(apizee.Update, apizee.StateInProgress, 0)
	attempts := []attempt{created, s.send("first update", first), t.send("second update", apizee.Update, apizee.StateClosed, 0)}
	second := t.last
	attempts = append(attempts, s.shows("effect of the second update", second))
	attempts = append(attempts, s.do(Request{Label: "late duplicate of the first", Body: first, Count: 2}).mayConflict())
	kept := s.keeps("state after the late duplicate", second)
	if kept.verdict == Failed {
		kept.verdict = Warned // a third update would look the same
	}
	return append(attempts, kept)
}

func lateUpdate(s *session) []attempt {
	t, created := s.created(20)
	was := t.last
	before := s.shows("effect of the create", t.last)
	deleted := t.send("the delete", apizee.Delete, "", 0)
	attempts := []attempt{created, before, deleted}
	if before.verdict != Passed || deleted.reaction() != accepted {
		return attempts
	}
	end := s.options.Now().Add(s.within())
	gone := s.look(was, 0)
	for gone.met && s.options.Now().Before(end) && s.options.Sleep(s.ctx, lookAgain) == nil {
		gone = s.look(was, 0)
	}
	effect := s.absent("effect of the delete", t.last, gone, "the object is gone")
	if gone.met {
		effect.verdict, effect.actual = Failed, fmt.Sprintf("the object is still there after %s", s.within())
	}
	if effect.verdict != Passed {
		return append(attempts, effect)
	}
	late := t.send("late update", apizee.Update, apizee.StateInProgress, -10).wants(acceptOrReject())
	s.catchUp()
	after := s.look(t.last, 0)
	stays := s.absent("after the late update", t.last, after, "the object stays deleted")
	if stays.verdict == Passed && (after.met || after.result.Status != gone.result.Status) {
		stays.verdict, stays.actual = Failed, "the object is back: "+stays.describeProbe()
	}
	return append(attempts, effect, late, stays)
}

// lookAgain is the time between two looks at whether an object is gone.
const lookAgain = 50 * time.Millisecond

// describeProbe returns the status of a probe's response and the beginning of its body.
func (a attempt) describeProbe() string {
	r := a.result
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Status, a.brief(r.StatusText), a.brief(string(r.Body))))
}

// stay is how long the outcome of concurrent updates is watched.
const stay = time.Second

func twoSenders(s *session) []attempt {
	const rounds = 5
	var attempts []attempt
	var outcomes []change
	for range rounds {
		t, created := s.created(1)
		a := Request{Label: "one update", Body: t.body(apizee.Update, apizee.StateInProgress, 0), AtOnce: true}
		first := t.last
		b := Request{Label: "the other update", Body: t.body(apizee.Update, apizee.StateClosed, 0), AtOnce: true}
		second := t.last
		both := s.concurrently([]Request{a, b})
		attempts = append(append(attempts, created), both...)
		s.catchUp()
		found := s.look(first, 0)
		outcome := first
		if !found.met {
			found, outcome = s.look(second, s.within()), second
		}
		if one := s.seen("state after both", outcome, found, "one of the two states"); one.verdict != Passed {
			return append(attempts, one)
		}
		outcomes = append(outcomes, outcome)
	}
	_ = s.options.Sleep(s.ctx, stay)
	for _, c := range outcomes {
		attempts = append(attempts, s.seen("state later", c, s.look(c, 0), "the state is kept"))
	}
	return attempts
}

func partialBodies(s *session) []attempt {
	whole := func() (change, []byte) {
		t := s.object(apizee.Ticket)
		body := t.body(apizee.Create, apizee.StateInProgress, 0)
		return t.last, body
	}
	var requests []Request
	var changes []change
	add := func(label, fault string, alter func([]byte) []byte) {
		c, body := whole()
		if alter != nil {
			body = alter(body)
		}
		requests = append(requests, Request{Label: label, Body: body, Fault: fault})
		changes = append(changes, c)
	}
	without := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	add("last byte missing", "", without(1))
	add("last 3 bytes missing", "", without(3))
	add("second half missing", "", func(b []byte) []byte { return b[:len(b)/2] })
	add("half of the announced body", "truncate", nil)
	add("connection reset in the middle", "abort", nil)
	add("corrupt at the beginning", "", func(b []byte) []byte { return append([]byte{1}, b...) })
	add("corrupt at the end", "", func(b []byte) []byte { return append(b[:len(b)-1:len(b)-1], 1, '}') })
	for _, r := range requests {
		s.do(r)
	}
	s.catchUp()
	var attempts []attempt
	for i, c := range changes {
		found := s.look(c, 0)
		a := s.absent(requests[i].Label, c, found, "no effect")
		a.request.Earlier = requests[i : i+1]
		if found.met {
			a.verdict, a.actual = Failed, "the event took effect: "+a.describeProbe()
		}
		attempts = append(attempts, a)
	}
	return attempts
}
