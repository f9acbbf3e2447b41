package shape

import (
	"cmp"
	"container/list"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Limits of the lives of objects that are followed.
const (
	maxOpen   = 4096 // objects followed at a time; of others, the one without an event for longest ends
	maxSteps  = 40   // events of a life; later ones are left out
	maxOrders = 512  // different orders of events
	maxGaps   = 31   // of which a typical gap is the median

	maxKept = 512 << 10 // bytes of the events of the followed objects; without its events, a life is no example
)

// lives follows the objects of captured events, each from its first event to its last, and
// counts the orders of their events.
type lives struct {
	open   map[identity]*list.Element // of *life
	recent *list.List                 // the object of the last event first
	orders *frequent[string, *order]
	kept   int     // bytes of events
	ended  []*life // memory that is used again
}

// identity identifies an object.
type identity struct{ name, id string }

// life is the events of one object.
type life struct {
	identity
	steps []int           // indexes of shapes
	gaps  []time.Duration // before each; unknown without a time
	last  time.Time       // of the latest step

	events []string // as they were captured, if all of them are kept
	size   int      // of events, in bytes
}

const unknown time.Duration = -1

// key identifies the order of its events.
func (one *life) key() string {
	key := make([]byte, 0, 2*maxSteps)
	for _, step := range one.steps {
		key = binary.AppendUvarint(key, uint64(step))
	}
	return string(key)
}

// order is an order of events of one object.
type order struct {
	steps  []int
	gaps   [][]time.Duration // before each event
	events []string          // of one of its objects; nil if none was kept
}

func newLives() *lives {
	return &lives{open: map[identity]*list.Element{}, recent: list.New(), orders: newFrequent[string, *order](maxOrders)}
}

// add adds an event at the time it was received, or else at its own.
func (l *lives) add(s *Shape, id, event string, at time.Time) {
	if !isID(id) || s.Kind.Object == "" {
		return
	}
	element := l.open[identity{s.Kind.Object, id}]
	if element == nil {
		if l.recent.Len() == maxOpen {
			l.end(l.recent.Back())
		}
		one := l.life()
		one.identity = identity{s.Kind.Object, strings.Clone(id)} // not a part of the event
		element = l.recent.PushFront(one)
		l.open[one.identity] = element
	} else {
		l.recent.MoveToFront(element)
	}
	one := element.Value.(*life)
	if len(one.steps) < maxSteps {
		gap := unknown
		if !at.IsZero() && !one.last.IsZero() {
			gap = max(at.Sub(one.last), 0)
		}
		one.steps, one.gaps, one.last = append(one.steps, s.index), append(one.gaps, gap), at
		l.keep(one, event)
	}
	if s.Kind.Event == apizee.Delete {
		l.end(element)
	}
}

// keep keeps the event of the last step of a life whose other events are kept.
func (l *lives) keep(one *life, event string) {
	switch size := len(event); {
	case len(one.events) < len(one.steps)-1:
	case one.size+size > MaxExample:
		l.drop(one)
	default:
		one.events = append(one.events, strings.Clone(event))
		one.size += size
		if l.kept += size; l.kept > maxKept {
			l.thin()
		}
	}
}

// thin drops the events of lives until half of the room is free. It leaves the same room to the lives with
// each order of events so far, since what comes next is as open for one of them as for another, and of
// these to those with the latest events: the others have ended, perhaps.
func (l *lives) thin() {
	type ranked struct {
		*life
		rank int // bytes of its events, and of those of later lives with the same order
	}
	var all []ranked
	ranks := map[string]int{}
	for element := l.recent.Front(); element != nil; element = element.Next() {
		if one := element.Value.(*life); one.events != nil {
			key := one.key()
			ranks[key] += one.size
			all = append(all, ranked{one, ranks[key]})
		}
	}
	slices.SortStableFunc(all, func(x, y ranked) int { return cmp.Compare(y.rank, x.rank) })
	for _, one := range all {
		if l.kept <= maxKept/2 {
			return
		}
		l.drop(one.life)
	}
}

// drop keeps no events of a life.
func (l *lives) drop(one *life) {
	l.kept -= one.size
	one.events, one.size = nil, 0
}

// isID reports whether the JSON of an objectId, "" if it is missing, tells objects apart.
func isID(id string) bool { return id != "" && id != "null" }

// life returns an empty life.
func (l *lives) life() *life {
	last := len(l.ended) - 1
	if last < 0 {
		return &life{}
	}
	one := l.ended[last]
	l.ended = l.ended[:last]
	*one = life{steps: one.steps[:0], gaps: one.gaps[:0]}
	return one
}

// endAll ends the lives of all objects.
func (l *lives) endAll() {
	for l.recent.Len() > 0 {
		l.end(l.recent.Back())
	}
}

func (l *lives) end(element *list.Element) {
	one := l.recent.Remove(element).(*life)
	delete(l.open, one.identity)
	defer func() {
		l.drop(one)
		l.ended = append(l.ended, one)
	}()
	entry := l.orders.add(one.key())
	if entry == nil {
		return
	}
	if entry.value == nil {
		entry.value = &order{steps: slices.Clone(one.steps), gaps: make([][]time.Duration, len(one.steps))}
	}
	if entry.value.events == nil && len(one.events) == len(one.steps) && !slices.ContainsFunc(one.events, isNoExample) {
		entry.value.events = one.events
	}
	for i, gap := range one.gaps {
		if gaps := entry.value.gaps[i]; len(gaps) < maxGaps && gap != unknown {
			entry.value.gaps[i] = append(gaps, gap)
		}
	}
}

// typical returns the typical gap before an event: the median.
func (o *order) typical(i int) time.Duration {
	gaps := slices.Sorted(slices.Values(o.gaps[i]))
	if len(gaps) == 0 {
		return 0
	}
	return gaps[len(gaps)/2]
}
