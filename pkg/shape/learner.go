package shape

import (
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// Limits of the events that are kept as examples.
const (
	maxExamples = 512       // kinds of events, told apart by the set of their props too
	MaxExample  = 256 << 10 // bytes; larger events are counted, but are no examples, and neither are deeper ones than MaxDepth
)

// Learner learns from captured events: their baseline, examples of each kind and the lives of
// objects. Its memory does not depend on how many events it gets.
type Learner struct {
	Baseline *Baseline
	examples *frequent[exampleKey, *example]
	lives    *lives
	seed     maphash.Seed
}

// exampleKey identifies a kind of event with a set of props.
type exampleKey struct {
	kind Kind
	set  uint64 // hash of the names of the props
}

// example is an event as it was captured.
type example struct {
	event string
	props []string // names
}

// NewLearner returns a learner that adds to a baseline, which may have events already.
func NewLearner(b *Baseline) *Learner {
	return &Learner{Baseline: b, examples: newFrequent[exampleKey, *example](maxExamples), lives: newLives(), seed: maphash.MakeSeed()}
}

// minFields is how many of its fields an event must have to be one.
const minFields = 2

// Add adds an event, which must be a valid JSON object; of duplicate names, the first counts. A zero
// time of receipt means its own time. It returns false, and adds nothing, if the object has hardly any of
// the fields of an event.
func (l *Learner) Add(event string, received time.Time) bool {
	h := l.Baseline.words.head(event)
	if h.fields < minFields {
		return false
	}
	s := l.Baseline.add(event, h)
	if received.IsZero() {
		received = h.time
	}
	l.lives.add(s, h.id, event, received)
	e := l.examples.add(exampleKey{h.kind, l.hash(h.props)})
	if e != nil && e.value == nil && !isNoExample(event) {
		e.value = newExample(event, h.props)
	}
	return true
}

// Examples returns the events that the files are made from, as they were captured.
func (l *Learner) Examples() []string {
	var events []string
	for _, c := range l.examples.sorted() {
		if c.value != nil {
			events = append(events, c.value.event)
		}
	}
	for _, c := range l.lives.orders.sorted() {
		events = append(events, c.value.events...)
	}
	return events
}

// isNoExample reports whether an event is too large or too deep for an example, or has duplicate names.
func isNoExample(event string) bool {
	return len(event) > MaxExample || !isShallow(event) || !jsontext.Value(event).IsValid()
}

// hash returns a hash of the set of names in an object.
func (l *Learner) hash(props string) uint64 {
	var set uint64
	for in := jsonscan.Object(props); in.More(); in.Skip() {
		set += maphash.String(l.seed, in.Name()) // in any order
	}
	return set
}

func newExample(event, props string) *example {
	e := &example{event: strings.Clone(event)}
	for in := jsonscan.Object(props); in.More(); in.Skip() {
		e.props = append(e.props, strings.Clone(in.Name()))
	}
	slices.Sort(e.props)
	return e
}

// isShallow reports whether no object or array of a value is deeper than MaxDepth.
func isShallow(value string) bool {
	in := jsonscan.Scanner{Text: value}
	for depth := 0; depth <= MaxDepth; {
		switch in.Peek() {
		case 0:
			return true
		case '{', '[':
			depth++
			in.At++
		case '}', ']':
			depth--
			in.At++
		case ',', ':':
			in.At++
		default:
			in.Token()
		}
	}
	return false
}
