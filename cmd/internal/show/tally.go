package show

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// Tally counts the requests of a listener. Undocumented objects are counted as one, since senders can send
// any number of them.
type Tally struct {
	Events   int
	Invalid  int // of the events, broke the contract
	Breaking int // of the events, drifted from the baseline so that code fails
	Rejected int // requests that were refused as events
	Other    int // requests that are not events

	NotRecorded, NotForwarded int // of the events

	Drift *Drifted // from a baseline; nil without one

	documented []string       // objects, in the order of the summary
	objects    map[string]int // events about each; "" is any other
}

// NewTally returns an empty tally. The names are those of the documented objects.
func NewTally(documented []string) *Tally {
	return &Tally{documented: documented, objects: map[string]int{}}
}

// Received returns the number of events without those that could not be recorded, which are sent again.
func (t *Tally) Received() int { return t.Events - t.NotRecorded }

// Add counts a request.
func (t *Tally) Add(r *receive.Reception) {
	switch {
	case r.IsOther():
		t.Other++
	case r.Outcome.IsEvent():
		t.addEvent(r)
	default:
		t.Rejected++
	}
}

// AddMalformed counts data that is not a request. It counts as a refused request when it
// starts like an event.
func (t *Tally) AddMalformed(m receive.Malformed) {
	if m.IsPost {
		t.Rejected++
	}
}

func (t *Tally) addEvent(r *receive.Reception) {
	t.Events++
	if r.Outcome == receive.NotRecorded {
		t.NotRecorded++
	}
	if r.IsForwardFailed() {
		t.NotForwarded++
	}
	if !r.Report.OK() {
		t.Invalid++
	}
	if slices.ContainsFunc(r.Report.Findings, func(f apizee.Finding) bool { return f.Severity == shape.Breaking }) {
		t.Breaking++
	}
	name := r.Report.Event.Object
	if !slices.Contains(t.documented, name) {
		name = ""
	}
	t.objects[name]++
}

// Text returns the summary, on one line where there is room:
// "3 events: ticket 2, media 1; 1 invalid".
func (t *Tally) Text(p console.Palette, width int) string {
	pieces := []console.Cell{{Text: console.Plural(t.Events, "event")}}
	add := func(mark string, c console.Cell) {
		pieces[len(pieces)-1] = pieces[len(pieces)-1].Marked(mark)
		pieces = append(pieces, c)
	}
	mark := ":"
	for _, object := range append(slices.Clone(t.documented), "") {
		n, name := t.objects[object], cmp.Or(object, "other")
		if n == 0 {
			continue
		}
		count := fmt.Sprintf(" %d", n)
		add(mark, console.Cell{Text: name + count, Paint: func(string) string { return p.Object(name) + count }})
		mark = ","
	}
	for _, c := range []struct {
		n     int
		what  string
		paint func(string) string
	}{
		{t.Invalid, "invalid", p.Finding},
		{t.Breaking, "with breaking drift", p.Drift},
		{t.NotRecorded, "not recorded", p.Failure},
		{t.NotForwarded, "not forwarded", p.Failure},
		{t.Rejected, "refused", p.Failure},
	} {
		if c.n > 0 {
			add(";", Count(c.paint, c.n, c.what))
		}
	}
	if t.Other > 0 {
		add(";", console.Cell{Text: console.Plural(t.Other, "other request"), Paint: p.Dim})
	}
	return console.Flow(pieces, width, len("  "))
}
