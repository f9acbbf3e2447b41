package runner

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// dated returns the events as received: the id, and the age in seconds.
func dated(t *testing.T, e *endpoint) []string {
	t.Helper()
	var all []string
	for _, body := range e.received() {
		ago := gjson.Get(body, "time").Int() - now().Unix()
		all = append(all, fmt.Sprint(gjson.Get(body, "objectId").Raw, " ", ago))
	}
	return all
}

func TestTimesIncreaseAndAreNotInTheFuture(t *testing.T) {
	const source = `
steps:
  - {send: ticket, id: 1, repeat: 2}
  - together: [{send: ticket, id: 2}, {template: ticket-closed, vars: {id: 3}}]
    order: reverse
    times: 2
  - {send: ticket, id: 4, times: 2}
  - {send: ticket, id: 5, time: 1735787000}
  - {data: {event: update, time: 1735787000, object: ticket, objectId: 6, props: {state: new}}}
  - {data: {event: update, time: "{{ unix }}", object: ticket, objectId: 8, props: {state: new}}}
  - {send: ticket, id: 9, time: "{{ unix }}"}
  - {send: ticket, id: 7, props: {state: "{{ .n }}"}, allow-undocumented: true}
`
	tests := map[Assumption][]string{
		Once: {"1 -7", "1 -6", "3 -4", "2 -5", "3 -4", "2 -5", "4 -3", "4 -3", "5 -45", "6 -45", "8 -2", "9 -1", "7 0"},
		Late: {"1 -6", "1 -7", "3 -4", "2 -5", "3 -4", "2 -5", "5 -45", "4 -3", "4 -3", "8 -2", "6 -45", "7 0", "9 -1"},
	}
	for assume, want := range tests {
		e := serve(t, nil)
		r := runner(t)
		r.Now = now
		o := to(t, e.URL)
		o.Assume = assume
		if out := r.Run(context.Background(), mustParse(t, source), o); !out.OK() {
			t.Fatalf("%+v", out.Steps)
		}
		got := dated(t, e)
		slices.Sort(got[2:6]) // events of the together step, in any order
		slices.Sort(want[2:6])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", assume, diff)
		}
	}
}

// Events of a later run must not be older than those of an earlier one.
func TestTimesIncreaseThroughAPlan(t *testing.T) {
	e := serve(t, nil)
	r := runner(t)
	r.Now = now
	p := Plan{
		Scenarios:   []*scenario.Scenario{mustParse(t, "steps: [{send: ticket, id: 1}, {send: ticket, id: 2}]")},
		Assumptions: []Assumption{Once, Late}, Repeat: 2, Options: to(t, e.URL),
	}
	for _, planned := range p.Runs() {
		r.Run(context.Background(), planned.Scenario, planned.Options)
	}
	if diff := cmp.Diff([]string{"1 -7", "2 -6", "2 -4", "1 -5", "1 -3", "2 -2", "2 0", "1 -1"}, dated(t, e)); diff != "" {
		t.Error(diff)
	}
}

// A slow run uses the current time.
func TestTimesFollowTheClock(t *testing.T) {
	e := serve(t, nil)
	r := runner(t)
	clock := &fakeClock{at: now().Add(-20 * time.Second)}
	r.Now, r.Sleep = clock.now, clock.sleep
	r.Run(context.Background(), mustParse(t, "steps: [{send: ticket, id: 1}, {pause: 10s}, {send: ticket, id: 2}, {send: ticket, id: 3}]"), to(t, e.URL))
	if diff := cmp.Diff([]string{"1 -22", "2 -11", "3 -10"}, dated(t, e)); diff != "" {
		t.Error(diff)
	}
}
