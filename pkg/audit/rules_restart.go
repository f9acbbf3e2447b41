package audit

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/fault"
)

// Program is the program under test, which the rules of this file stop and start.
type Program interface {
	Start(context.Context) error // returns when it responds
	Stop()                       // asks it to end, and kills it after some seconds
	Kill()                       // ends it at once
}

func restartRules() []Rule {
	rules := []Rule{
		{
			Name: "kill", Title: "Killed in the middle of a burst",
			Why:      "Processes crash, and machines restart. What was accepted and is only in memory is lost, and nobody sends it again.",
			Expected: "every event with a 2xx takes effect, also after the restart",
			try:      killed, needs: needsProgramAndProbe, pointless: staysDownOrShowsNothing,
		},
		{
			Name: "stop", Title: "Stopped in the middle of a burst",
			Why:      "Every deployment stops the process. A sender that gets no response for an event that was processed sends it again or gives it up.",
			Expected: "every event with a 2xx takes effect; a request that has begun gets its response",
			try:      terminated, needs: needsProgramAndProbe, pointless: staysDownOrShowsNothing,
		},
		{
			Name: "restart", Title: "Start after a crash",
			Why:      "Locks, pid files and half-written data that a crash leaves behind keep a program from starting.",
			Expected: "2xx after about the time of the first start",
			try:      restarted, needs: needsProgram, pointless: staysDown,
		},
		{
			Name: "downtime", Title: "Events while it is down, and the backlog afterwards",
			Why:      "No retry is documented, so what is sent meanwhile is lost unless something in front of the endpoint keeps it. A sender that does retry sends everything at once.",
			Expected: "2xx for the backlog, each within " + burstDeadline.String(),
			try:      down, needs: needsProgram, pointless: staysDown,
		},
	}
	for i := range rules {
		rules[i].want = mustAccept()
	}
	return rules
}

func needsProgram(s *session) string {
	if s.options.Program == nil {
		return "the audit does not start the program"
	}
	return ""
}

func needsProgramAndProbe(s *session) string { return cmp.Or(needsProgram(s), needsProbe(s)) }

func staysDown(s *session) string {
	if s.stays != nil {
		return "the program did not start again: " + s.stays.Error()
	}
	return ""
}

func staysDownOrShowsNothing(s *session) string {
	if why := staysDown(s); why != "" {
		return why
	}
	return showsNoEffects(s)
}

const (
	// enough is how many accepted events of a burst there are when the program is stopped.
	enough = 50
	// moment is enough for a program to notice a request or a signal.
	moment = 200 * time.Millisecond
	// kills is how often the program is killed, since what it loses is a matter of moments.
	kills = 3
)

// start starts the program, if any, and takes the time.
func (s *session) start() error {
	if s.options.Program == nil {
		return nil
	}
	began := s.options.Now()
	err := s.options.Program.Start(s.ctx)
	s.firstStart = s.options.Now().Sub(began)
	return err
}

// startAgain starts the program and returns how long that took.
func (s *session) startAgain() (time.Duration, error) {
	began := s.options.Now()
	s.options.Transport.CloseIdleConnections()
	err := s.options.Program.Start(s.ctx)
	if err != nil {
		s.stays = err
	}
	return s.options.Now().Sub(began), err
}

// burst is a stream of events, several at once, that goes on until one gets no response.
type burst struct {
	changes  []change
	attempts []attempt // as far as they were sent
	done     chan struct{}
}

// startBurst calls onEnough once, when enough events were accepted or all were sent, and stops
// soon after it returns.
func (s *session) startBurst(onEnough func()) *burst {
	const most, senders = 200, 8
	b := &burst{done: make(chan struct{})}
	var bodies [][]byte
	for range most {
		t := s.object(apizee.Ticket)
		bodies = append(bodies, t.body(apizee.Create, apizee.StateNew, 0))
		b.changes = append(b.changes, t.last)
	}
	b.attempts = make([]attempt, most)
	var next, accepts atomic.Int64
	var stopping atomic.Bool
	var once sync.Once
	stop := func() {
		onEnough()
		stopping.Store(true)
	}
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for s.plan || !stopping.Load() {
				i := next.Add(1) - 1
				if i >= most {
					return
				}
				b.attempts[i] = s.send(fmt.Sprintf("event %d", i+1), bodies[i])
				if b.attempts[i].result.Failure != nil {
					return
				}
				if b.attempts[i].reaction() == accepted && accepts.Add(1) == enough {
					go once.Do(stop)
				}
			}
		})
	}
	go func() {
		defer close(b.done)
		all.Wait()
		once.Do(stop)
	}()
	return b
}

// outcome is what came of a burst.
type outcome struct {
	accepts    int      // events that were accepted
	lost       []change // those of them whose effect is not there
	unseen     string   // why the probe did not show some effect; "" when it did
	unanswered int      // effects without a response
}

// outcome looks for the effects of the events.
func (b *burst) outcome(s *session) (o outcome) {
	var changes []change
	var acknowledged []bool
	for i, a := range b.attempts {
		ok := a.request.Body != nil && a.reaction() == accepted
		if ok {
			o.accepts++
		}
		if ok || a.result.Failure != nil {
			changes, acknowledged = append(changes, b.changes[i]), append(acknowledged, ok)
		}
	}
	for i, found := range s.lookAll(changes) {
		switch {
		case found.result.Failure != nil:
			o.unseen = found.problem
		case acknowledged[i] && !found.met:
			o.lost = append(o.lost, changes[i])
		case !acknowledged[i] && found.met:
			o.unanswered++
		}
	}
	return o
}

func killed(s *session) []attempt {
	var attempts []attempt
	for range kills {
		b := s.startBurst(s.options.Program.Kill)
		<-b.done
		if _, err := s.startAgain(); err != nil {
			return append(attempts, attempt{label: "restart", verdict: Failed, actual: err.Error()})
		}
		events := b.outcome(s).attempt()
		attempts = append(attempts, events)
		if events.verdict != Passed {
			break
		}
	}
	return attempts
}

func (o outcome) attempt() attempt {
	a := attempt{label: "burst", verdict: Passed, actual: fmt.Sprintf("%d accepted, %d lost", o.accepts, len(o.lost))}
	switch {
	case o.accepts == 0:
		a.verdict, a.actual = NotJudged, "no event of the burst was accepted"
	case len(o.lost) > 0:
		a.verdict = Failed
		a.actual += fmt.Sprintf(", such as %s %s", o.lost[0].object, o.lost[0].id)
	case o.unseen != "":
		a.verdict, a.actual = Failed, a.actual+"; "+o.unseen
	}
	return a
}

// terminated has one request in flight for certain: half of its body is sent before the program is
// asked to end, the rest afterwards.
func terminated(s *session) []attempt {
	t := s.object(apizee.Ticket)
	body := t.body(apizee.Create, apizee.StateNew, 0)
	inFlight, resume := make(chan struct{}), make(chan struct{})
	slow := make(chan attempt, 1)
	go func() { slow <- s.sendInHalves(body, inFlight, resume) }()
	<-inFlight
	_ = s.options.Sleep(s.ctx, moment)
	b := s.startBurst(func() {
		go func() {
			_ = s.options.Sleep(s.ctx, moment)
			close(resume)
		}()
		s.options.Program.Stop()
	})
	<-b.done
	begun := <-slow
	if _, err := s.startAgain(); err != nil {
		return []attempt{{label: "restart", verdict: Failed, actual: err.Error()}}
	}
	found := b.outcome(s)
	events := found.attempt()
	if found.unanswered > 0 {
		events.actual += fmt.Sprintf(", %d took effect without a response", found.unanswered)
	}
	begun = begun.wants(expect(accepted, rejected, serverError))
	if begun.judge() == Failed {
		begun.verdict = Warned
	}
	attempts := []attempt{events, begun}
	if begun.reaction() == accepted {
		attempts = append(attempts, s.shows("effect of the request in flight", t.last))
	}
	return attempts
}

// sendInHalves sends an event whose second half waits. It closes inFlight when the first is sent.
func (s *session) sendInHalves(body []byte, inFlight chan<- struct{}, resume <-chan struct{}) attempt {
	var once sync.Once
	begun := func() { close(inFlight) }
	defer once.Do(begun)
	parts := 0
	pause := func(ctx context.Context, _ time.Duration) error {
		if parts++; parts != fault.SlowParts/2 {
			return ctx.Err()
		}
		once.Do(begun)
		select {
		case <-resume:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	f, err := fault.Parse("slow-body")
	if err != nil {
		panic(err) // a mistake in a rule
	}
	client := f.Client(s.options.Transport, s.options.Now, fault.Options{Sleep: pause})
	return s.doWith(client, Request{Label: "request in flight", Body: body, Fault: f.Name})
}

func restarted(s *session) []attempt {
	s.options.Program.Kill()
	took, err := s.startAgain()
	a := attempt{label: "start", verdict: Passed, actual: fmt.Sprintf("%s, %s at first", took.Round(time.Millisecond), s.firstStart.Round(time.Millisecond))}
	switch {
	case err != nil:
		a.verdict, a.actual = Failed, err.Error()
		return []attempt{a}
	case took > 3*s.firstStart+5*time.Second:
		a.verdict = Warned
	}
	t := s.object(apizee.Ticket)
	attempts := []attempt{a, t.send("event", apizee.Create, apizee.StateNew, 0)}
	if s.seesEffects() {
		attempts = append(attempts, s.shows("effect of the event", t.last))
	}
	return attempts
}

// downFor is how long the program is down.
const downFor = time.Second

func down(s *session) []attempt {
	const count = 20
	s.options.Program.Stop()
	var requests []Request
	var changes []change
	kept := 0
	for i := range count {
		t := s.object(apizee.Ticket)
		r := Request{Label: fmt.Sprintf("event %d", i+1), Body: t.body(apizee.Create, apizee.StateNew, 0), Count: count, AtOnce: true}
		if s.do(r).reaction() == accepted {
			kept++
		}
		requests, changes = append(requests, r), append(changes, t.last)
	}
	_ = s.options.Sleep(s.ctx, downFor)
	if _, err := s.startAgain(); err != nil {
		return []attempt{{label: "restart", verdict: Failed, actual: err.Error()}}
	}
	attempts := s.concurrently(requests)
	for i := range attempts {
		attempts[i].within = burstDeadline
	}
	attempts = append(attempts, attempt{label: "without a retry", verdict: Passed,
		actual: fmt.Sprintf("%d of %d lost to a sender that does not retry", count-kept, count)})
	if s.seesEffects() {
		for i, found := range s.lookAll(changes) {
			attempts = append(attempts, s.seen("effect of "+requests[i].Label, changes[i], found, "the effect is there"))
		}
	}
	return attempts
}
