package shape

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// maxChanges is how many different drifts are counted; names of members can be any.
const maxChanges = 1000

// Tally sums up the drift of many events.
type Tally struct {
	Omitted int // drifts that are not in Changes, because there were too many different ones

	events  map[Kind]int
	changes map[change]*Change
}

// change identifies a drift.
type change struct {
	kind          Kind
	rule          Rule
	path, message string
}

func (d Drift) change() change { return change{d.Kind, d.Rule, d.Path, d.Message} }

// Change is a drift that one or more events have.
type Change struct {
	Drift
	Count int       // the events that have it
	Of    int       // the events of its kind
	Line  int       // of the first one; 0 is none
	Since time.Time // the earliest time of these events; zero if none has one
}

// NewTally returns an empty tally.
func NewTally() *Tally {
	return &Tally{events: map[Kind]int{}, changes: map[change]*Change{}}
}

// Add adds an event and its line, 0 for one that is not in a file.
func (t *Tally) Add(c Comparison, line int) {
	t.events[c.Kind]++
	for _, d := range c.Drifts {
		key := d.change()
		each := t.changes[key]
		if each == nil && len(t.changes) == maxChanges {
			t.Omitted++
			continue
		}
		if each == nil {
			each = &Change{Drift: d, Line: line, Since: c.Time}
			t.changes[key] = each
		}
		each.Count++
		if each.Since.IsZero() || !c.Time.IsZero() && c.Time.Before(each.Since) {
			each.Since = c.Time
		}
	}
}

// Kinds returns the kinds of the events, sorted, and how many there are of each.
func (t *Tally) Kinds() ([]Kind, map[Kind]int) {
	return slices.SortedFunc(maps.Keys(t.events), Kind.compare), t.events
}

// Changes returns the drifts, the worst first.
func (t *Tally) Changes() []Change {
	all := make([]Change, 0, len(t.changes))
	for _, each := range t.changes {
		each.Of = t.events[each.Kind]
		all = append(all, *each)
	}
	rank := func(s apizee.Severity) int { return slices.Index([]apizee.Severity{Breaking, Warning, Info}, s) }
	slices.SortFunc(all, func(x, y Change) int {
		return cmp.Or(cmp.Compare(rank(x.Severity), rank(y.Severity)), x.Kind.compare(y.Kind), cmp.Compare(x.Path, y.Path), cmp.Compare(x.Message, y.Message))
	})
	return all
}
