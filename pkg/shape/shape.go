// Package shape says what captured events have in common, and how other events drift from it.
//
// A [Baseline] has one [Kind] per documented combination of object, event and state or event
// type. It counts how often each path is there and which types, documented words, formats and
// ranges its values have. It is written as a JSON Schema with the counts as annotations, and
// read back. [Baseline.Compare] finds the drift of an event.
//
// By these rules a baseline is safe to commit:
//
//   - Of texts it has only words that the catalog documents; of others only their format.
//   - Ranges are kept only where Rules.Number allows it, rounded outward.
//   - Undocumented names of members are kept only where Rules.Name allows it, and after
//     [Baseline.Fold] none of a map, whose names are data.
//
// Its memory is bounded by the catalog and by the limits below, whatever the number of events.
package shape

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Rules say what a baseline may contain. Nil functions allow nothing.
type Rules struct {
	Catalog *apizee.Catalog
	// Name reports whether an undocumented member of the object at a path may be named.
	Name func(path, name string) bool
	// Number reports whether the range of the numbers at a path may be kept.
	Number func(path string) bool
}

// NewRules returns rules that allow what a scrubber keeps, except for the range of times, which
// every new event leaves.
func NewRules(c *apizee.Catalog, s *redact.Scrubber) Rules {
	return Rules{
		Catalog: c, Name: s.KeepsName,
		Number: func(path string) bool { return path != "time" && s.KeepsNumber(path) },
	}
}

// Limits of what is kept of an object with any number of members, of any depth. An object with more
// members than that is in Full, unless most of their names are folded as data.
const (
	MaxMembers = 256 // named members of one object; further ones are counted together
	MaxDepth   = 16  // deeper objects and arrays have no members
)

// Baseline is what captured events have in common.
type Baseline struct {
	Events       int
	Since, Until time.Time // of the events, by their own time; zero if none has one

	rules Rules
	words vocabulary
	kinds map[Kind]*Shape
	order []*Shape // in the order in which they were first seen

	objects int // number of objects that were added, at any depth
}

// Kind identifies events with the same documented words. An undocumented word is "".
type Kind struct {
	Object string `json:"object,omitzero"`
	Event  string `json:"event,omitzero"`
	Word   string `json:"word,omitzero"` // the state or event type, see Catalog
}

// String returns a kind in words, such as "ticket update invited".
func (k Kind) String() string {
	object, event, word := k.Object, k.Event, k.Word
	if object == "" {
		object = "other object"
	}
	if event == "" {
		event = "other event"
	}
	return strings.TrimSuffix(object+" "+event+" "+word, " ")
}

func (k Kind) compare(other Kind) int {
	return slices.Compare([]string{k.Object, k.Event, k.Word}, []string{other.Object, other.Event, other.Word})
}

// Shape is what the events of one kind have in common.
type Shape struct {
	Kind   Kind
	Events int
	Root   *Field
	index  int // in the order of the baseline
}

// New returns an empty baseline.
func New(rules Rules) *Baseline {
	return &Baseline{rules: rules, words: newVocabulary(rules.Catalog), kinds: map[Kind]*Shape{}}
}

// Kinds returns the shapes, sorted by kind.
func (b *Baseline) Kinds() []*Shape {
	return slices.SortedFunc(slices.Values(b.order), func(x, y *Shape) int { return x.Kind.compare(y.Kind) })
}

// Full returns the paths of the objects with so many members that further ones are not named.
func (b *Baseline) Full() []string {
	paths := map[string]bool{}
	for _, s := range b.order {
		s.Root.full(paths)
	}
	return slices.Sorted(maps.Keys(paths))
}

func (f *Field) full(paths map[string]bool) {
	if len(f.Members) >= MaxMembers && f.Others != nil {
		paths[f.Path] = true
	}
	for _, inner := range f.inner() {
		inner.full(paths)
	}
}

func (b *Baseline) shape(k Kind) *Shape {
	s := b.kinds[k]
	if s == nil {
		s = &Shape{Kind: k, index: len(b.order)}
		s.Root = b.field(k, "", "")
		b.kinds[k] = s
		b.order = append(b.order, s)
	}
	return s
}

// add adds an event, which must be a valid JSON object.
func (b *Baseline) add(event string, h head) *Shape {
	s := b.shape(h.kind)
	b.Events++
	s.Events++
	b.see(h.time)
	b.addValue(s, s.Root, &jsonscan.Scanner{Text: event}, 0)
	return s
}

// see includes a time in the period of the baseline.
func (b *Baseline) see(t time.Time) {
	if t.IsZero() {
		return
	}
	if b.Since.IsZero() || t.Before(b.Since) {
		b.Since = t
	}
	if t.After(b.Until) {
		b.Until = t
	}
}
