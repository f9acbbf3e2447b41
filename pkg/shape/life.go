package shape

import (
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

	// Limits of the events that are kept of the followed objects; without its events, a life is no example.
	maxKept     = 32      // objects whose first event is of one kind
	maxKeptSize = 1 << 20 // bytes
)

// lives follows the objects of captured events, each from its first event to its last, and
// counts the orders of their events.
type lives struct {
	open   map[identity]*list.Element // of *life
	recent *list.List                 // the object of the last event first
	orders *frequent[string, *order]
	kept   map[int]int // objects whose events are kept, by the shape of the first
	size   int         // of these events, in bytes
	ended  []*life     // memory that is used again
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

// order is an order of events of one object.
type order struct {
	steps  []int
	gaps   [][]time.Duration // before each event
	events []string          // of one of its objects; nil if none was kept
}

func newLives() *lives {
	return &lives{open: map[identity]*list.Element{}, recent: list.New(), orders: newFrequent[string, *order](maxOrders), kept: map[int]int{}}
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

// keep keeps the event of the last step of a life whose other events are kept, as long as there is room.
func (l *lives) keep(one *life, event string) {
	first, isFirst := one.steps[0], len(one.steps) == 1
	switch size := len(event); {
	case len(one.events) < len(one.steps)-1, isFirst && l.kept[first] == maxKept:
	case one.size+size > MaxExample, l.size+size > maxKeptSize:
		l.drop(one)
	default:
		if isFirst {
			l.kept[first]++
		}
		one.events = append(one.events, strings.Clone(event))
		one.size += size
		l.size += size
	}
}

// drop keeps no events of a life.
func (l *lives) drop(one *life) {
	if one.events != nil {
		l.kept[one.steps[0]]--
		l.size -= one.size
		one.events, one.size = nil, 0
	}
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
	key := make([]byte, 0, 2*maxSteps)
	for _, step := range one.steps {
		key = binary.AppendUvarint(key, uint64(step))
	}
	entry := l.orders.add(string(key))
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
