package generate

import (
	"slices"
	"testing"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Each event of a session is an object of its own, and has the props that are documented
// with its type. Every type of the life comes up.
func TestSessions(t *testing.T) {
	catalog := apizee.Documented()
	object, _ := catalog.LookupObject(apizee.ConversationEvent)
	s := New(Options{Seed: 3, Start: start, Mix: Mix{{apizee.Ticket, 70}, {apizee.ConversationEvent, 20}}})
	ids, types := map[string]bool{}, map[string]bool{}
	for range 20_000 {
		line := s.Next()
		report := catalog.Validate(line)
		e := report.Event
		if e.Object != apizee.ConversationEvent {
			continue
		}
		eventType, _ := e.Prop(apizee.PropEventType)
		var got, want []string
		for _, v := range e.Props {
			got = append(got, v.Path)
		}
		for _, p := range object.DefaultProps(map[string]string{apizee.PropEventType: eventType.Text()}) {
			want = append(want, p.Path)
		}
		if e.Name != apizee.Create || ids[e.ID] || len(report.Findings) != 1 || !slices.Equal(got, want) {
			t.Fatalf("%s\n%v", line, report.Findings)
		}
		ids[e.ID], types[eventType.Text()] = true, true
	}
	for _, stage := range sessionLife() {
		if !types[stage.state] {
			t.Errorf("no %s", stage.state)
		}
		if len(stage.next) == 0 != (stage.state == apizee.TicketClosed) {
			t.Errorf("%s ends a session", stage.state)
		}
	}
}

// What a seed generates does not depend on the partly documented objects.
func TestDefaultMixHasNoPartlyDocumented(t *testing.T) {
	with, without := apizee.Documented(), apizee.Documented()
	without.Objects = slices.DeleteFunc(without.Objects, func(o apizee.Object) bool { return o.PartlyDocumented })
	a, b := New(Options{Catalog: with, Seed: 9, Start: start}), New(Options{Catalog: without, Seed: 9, Start: start})
	for range 2000 {
		if got, want := a.Next(), b.Next(); string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
}
