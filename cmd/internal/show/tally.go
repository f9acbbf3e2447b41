package show

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/pkg/console"
	"github.com/apizee-hooks/apizee-hooks/pkg/receive"
)

// Tally counts what a listener received. Objects that nobody documents are counted as one,
// since anybody may send any number of them.
type Tally struct {
	Events   int
	Invalid  int // of the events, broke the contract
	Rejected int // requests that would be events, had they not been turned away
	Other    int // requests that bring nothing

	NotRecorded, NotForwarded int // of the events

	documented []string       // objects, in the order that they are shown in
	objects    map[string]int // events about each; "" is any other
}

// NewTally counts nothing yet. The names are those of the documented objects.
func NewTally(documented []string) *Tally {
	return &Tally{documented: documented, objects: map[string]int{}}
}

// Received are the events that the sender will not send again.
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
	name := r.Report.Event.Object
	if !slices.Contains(t.documented, name) {
		name = ""
	}
	t.objects[name]++
}

// Text is the tally, in one line where there is room:
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
		{t.NotRecorded, "not recorded", p.Failure},
		{t.NotForwarded, "not passed on", p.Failure},
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
