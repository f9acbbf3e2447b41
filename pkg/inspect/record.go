package inspect

import (
	"hash/maphash"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// record is what the store keeps in memory of each exchange: what lists and filters need most. It has
// no pointers, so that a million of them cost the garbage collector nothing.
type record struct {
	at     int64  // when it was received, in Unix microseconds: nanoseconds have no year 9999
	time   int64  // of the event, in seconds; valid with hasTime
	offset int64  // of the line in its source
	body   uint64 // hash of the body; 0 is an empty one
	object uint64 // hash of object and objectId; 0 is none

	length uint32 // of the line, in bytes
	size   uint32 // of the body, in bytes
	took   uint32 // in microseconds

	duplicateOf uint32 // the first exchange with the same body; 0 is none
	previous    uint32 // the exchange before it of the same object; 0 is none
	newest      uint32 // the exchange of the same object with the latest time so far; 0 is none

	status    uint16
	forwarded uint16 // status of the forwarded response
	name      uint16 // of the object, in Store.words; 0 is one that is not there
	event     uint16 // the name of the event, likewise
	source    uint16

	errors, warnings uint8 // numbers of findings, at most 255
	drift            uint8 // the worst difference from a baseline, in driftSeverities; 0 is none
	flags            flags
}

type flags uint8

const (
	hasTime flags = 1 << iota
	isLate        // an event with a later time of the same object came before
	isSent        // sent from the page
	isForwarded
	isUnusual // the line may have a text in another form than a Writer gives it, so that only its parts can be searched
	isFailed  // the delivery or the forwarding failed, or the response was not the planned one
)

// is reports whether a flag is set.
func (r *record) is(f flags) bool { return r.flags&f != 0 }

// seed makes the hashes differ from process to process, so that no sender can prepare collisions.
type seed struct{ maphash.Seed }

// hash returns the hash of a body.
func (s seed) hash(body []byte) uint64 {
	if len(body) == 0 {
		return 0
	}
	return max(maphash.Bytes(s.Seed, body), 1)
}

// describe adds what the body says.
func (s seed) describe(r *record, body []byte, event apizee.Event) {
	r.size = uint32(len(body)) //nolint:gosec // limited by recording.MaxLine
	r.body = s.hash(body)
	if event.Object != "" && event.ID != "" {
		var h maphash.Hash
		h.SetSeed(s.Seed)
		h.WriteString(event.Object)
		h.WriteByte(0)
		h.WriteString(event.IDText())
		r.object = max(h.Sum64(), 1)
	}
	if event.Time != "" {
		r.time, r.flags = apizee.Seconds(event.Time), r.flags|hasTime
	}
}

// count adds the numbers of findings.
func (r *record) count(errors, warnings int) {
	const most = 255
	r.errors, r.warnings = uint8(min(errors, most)), uint8(min(warnings, most)) //nolint:gosec // limited
}

// segmentSize is the number of records that are allocated together.
const segmentSize = 4096

type segment [segmentSize]record

// index is a sequence of records, numbered from 1. A copy of it is a snapshot: records are only
// appended, and never change.
type index struct {
	segments []*segment
	base     int // number of records in the segments that were dropped
	n        int // number of records, the dropped ones included
}

// get returns the record of an id, which must not be one of a dropped segment.
func (x *index) get(id int) *record {
	i := id - 1 - x.base
	return &x.segments[i/segmentSize][i%segmentSize]
}

// add appends a record and returns its id.
func (x *index) add(r record) int {
	i := x.n - x.base
	if i%segmentSize == 0 {
		x.segments = append(x.segments, new(segment))
	}
	x.segments[i/segmentSize][i%segmentSize] = r
	x.n++
	return x.n
}

// dropBefore drops the segments whose records all have an id below first.
func (x *index) dropBefore(first int) {
	for first-1-x.base >= segmentSize {
		x.segments = x.segments[1:]
		x.base += segmentSize
	}
}

// memory returns the bytes that the records use.
func (x *index) memory() int64 { return int64(len(x.segments)) * segmentSize * recordSize }
