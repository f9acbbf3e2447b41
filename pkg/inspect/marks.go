// This file finds duplicates, and events that are out of order.

package inspect

import "time"

// longGap is the least time without any exchange that is marked.
const longGap = time.Minute

// marks relates a record to earlier ones.
type marks struct {
	bodies  hashTable // the first exchange with a body
	objects hashTable // the last exchange of an object
}

// mark sets what a record, the next of the index, has to do with earlier ones. What was sent from the page
// says nothing about the order of what is received.
func (m *marks) mark(x *index, first int, r *record) {
	id := uint32(x.n + 1) //nolint:gosec // ids have 32 bits
	r.newest = id
	if r.is(isSent) {
		return
	}
	if r.body != 0 {
		slot := m.bodies.find(x, first, r.body, func(r *record) uint64 { return r.body })
		if r.duplicateOf = *slot; r.duplicateOf == 0 {
			m.bodies.set(slot, id)
		}
	}
	if r.object == 0 {
		return
	}
	slot := m.objects.find(x, first, r.object, func(r *record) uint64 { return r.object })
	if r.previous = *slot; r.previous != 0 {
		r.compareTime(x, first)
	}
	m.objects.set(slot, id)
}

// compareTime finds out whether an event is out of order.
func (r *record) compareTime(x *index, first int) {
	newest := int(x.get(int(r.previous)).newest)
	if newest < first {
		return
	}
	switch before := x.get(newest); {
	case !before.is(hasTime):
	case !r.is(hasTime):
		r.newest = uint32(newest) //nolint:gosec // an id
	case r.time < before.time:
		r.newest, r.flags = uint32(newest), r.flags|isLate //nolint:gosec // an id
	}
}

// hashTable finds ids by a hash that their records have, with 4 to 16 bytes for each.
type hashTable struct {
	slots []uint32 // ids, 0 in a free slot; the number of slots is a power of two
	used  int
}

// find returns the slot of the id with a hash, or the free one for it, where the id is 0. Ids below
// first are forgotten.
func (t *hashTable) find(x *index, first int, hash uint64, of func(*record) uint64) *uint32 {
	if 2*t.used >= len(t.slots) {
		t.rebuild(x, first, of)
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := &t.slots[i]
		switch id := int(*slot); {
		case id == 0:
			return slot
		case id >= first && of(x.get(id)) == hash:
			return slot
		}
	}
}

// set puts an id into a slot of find.
func (t *hashTable) set(slot *uint32, id uint32) {
	if *slot == 0 {
		t.used++
	}
	*slot = id
}

// rebuild makes the table large enough for its ids, without the forgotten ones.
func (t *hashTable) rebuild(x *index, first int, of func(*record) uint64) {
	const least = 1024
	old := t.slots
	live := 0
	for _, id := range old {
		if id != 0 && int(id) >= first {
			live++
		}
	}
	size := least
	for size < 4*live {
		size *= 2
	}
	t.slots, t.used = make([]uint32, size), 0
	mask := uint64(size - 1)
	for _, id := range old {
		if id == 0 || int(id) < first {
			continue
		}
		i := of(x.get(int(id))) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = id
		t.used++
	}
}
