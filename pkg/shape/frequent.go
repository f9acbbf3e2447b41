package shape

import (
	"cmp"
	"maps"
	"slices"
)

// frequent keeps the most frequent of any number of keys, in bounded memory, with the algorithm
// of Misra and Gries: when it is full, all counts are reduced by one and those at 0 are dropped.
// A key with more than 1/size of all additions is never dropped.
type frequent[K comparable, V any] struct {
	size    int
	entries map[K]*counted[K, V]
	added   int
	reduced int // how much less than its additions a count may be
}

// counted is a key that was added at least n times, and its value.
type counted[K comparable, V any] struct {
	key   K
	n     int
	since int // the additions before its own; a stable order for equal counts
	value V
}

func newFrequent[K comparable, V any](size int) *frequent[K, V] {
	return &frequent[K, V]{size: size, entries: map[K]*counted[K, V]{}}
}

// add counts a key and returns its entry, or nil if there is no room for it.
func (f *frequent[K, V]) add(key K) *counted[K, V] {
	f.added++
	e := f.entries[key]
	if e == nil && len(f.entries) == f.size {
		f.reduce()
		return nil
	}
	if e == nil {
		e = &counted[K, V]{key: key, since: f.added}
		f.entries[key] = e
	}
	e.n++
	return e
}

func (f *frequent[K, V]) reduce() {
	f.reduced++
	for key, e := range f.entries {
		if e.n--; e.n == 0 {
			delete(f.entries, key)
		}
	}
}

// sorted returns the entries, the most frequent first.
func (f *frequent[K, V]) sorted() []*counted[K, V] {
	return slices.SortedFunc(maps.Values(f.entries), func(x, y *counted[K, V]) int {
		return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.since, y.since))
	})
}
