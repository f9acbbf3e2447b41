package inspect

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/recording"
)

// defaultMemory is the limit of the memory for exchanges, in bytes.
const defaultMemory = 64 << 20

// recordSize is the memory of a record.
const recordSize = int64(unsafe.Sizeof(record{}))

// Options configure a Store.
type Options struct {
	Catalog *apizee.Catalog

	// Memory is the limit for the exchanges that Add adds, in bytes; 0 means 64 MiB. Beyond it
	// the oldest exchanges that are not pinned are removed. With ReadLine an exchange counts recordSize
	// alone: 64 MiB are enough for about 830,000.
	Memory int64

	// ShowSecrets keeps secrets unmasked. Without it the store masks them before it keeps anything, so
	// that no filter can search for them.
	ShowSecrets bool

	// ReadLine returns a line that was recorded, as recording.Writer.ReadLine does. Nil keeps all lines in
	// memory.
	ReadLine func(recording.Place) ([]byte, error)

	// Drift returns how an event differs from a baseline. Nil compares nothing. It is called concurrently.
	Drift func(apizee.Event, []byte) []apizee.Finding

	// SecretHeaders are the names of headers that are masked besides those of redact.IsSecret.
	SecretHeaders []string
}

// Exchange is one request and what became of it.
type Exchange struct {
	recording.Entry

	// Event is what the check of the body has read of it. When it is nil, Add reads the body.
	Event *apizee.Event

	// Place is where it was recorded. With one, and with Options.ReadLine, its line is not kept in memory.
	Place recording.Place

	Sent   bool  // sent from the page
	Origin int64 // the exchange that it was made from; 0 is none
}

// Store keeps exchanges, numbered from 1 in order of arrival. It is safe for concurrent use; no method
// waits for another that takes long.
type Store struct {
	options Options
	seed    seed
	words   words
	files   []*file
	buffers sync.Pool // of lines

	mu sync.RWMutex // guards the fields below
	held
	marks   marks
	lines   lines // of the exchanges that are in memory
	pins    map[int]bool
	origins map[int]int64
	cleared int // exchanges up to this id are hidden, except pinned ones
	undo    undo
	removed removed
	version int64 // increases with each change
	changes int64 // increases with each change other than an addition

	waiting atomic.Bool // somebody waits for changed
	changed chan struct{}

	results results
}

// held is the exchanges that were not removed.
type held struct {
	index index
	first int            // exchanges with a lower id were removed, except kept ones
	kept  map[int]pinned // pinned exchanges that would have been removed
}

// record returns the record of an exchange, or nil when it was removed.
func (h *held) record(id int) *record {
	if kept, ok := h.kept[id]; ok {
		return &kept.record
	}
	if id < h.first || id > h.index.n {
		return nil
	}
	return h.index.get(id)
}

type pinned struct {
	record record
	line   []byte
}

// undo restores what Clear has hidden.
type undo struct {
	token   string // of the last Clear; "" once it was undone
	cleared int    // before it
}

// removed counts what was removed to limit the memory.
type removed struct{ exchanges, bytes int64 }

// New returns an empty store.
func New(o Options) *Store {
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	s := &Store{
		options: o, seed: seed{maphash.MakeSeed()}, held: held{first: 1, kept: map[int]pinned{}},
		pins: map[int]bool{}, origins: map[int]int64{},
		changed: make(chan struct{}), buffers: sync.Pool{New: func() any { return new([]byte) }},
	}
	for _, key := range []string{"event", "object"} {
		for _, word := range o.Catalog.FilterValues(key) {
			s.words.id(word) // before unknown ones use up the numbers
		}
	}
	return s
}

// Add adds an exchange and returns its id. It does not keep its memory, and never waits for a reader.
func (s *Store) Add(x Exchange) int64 {
	event := x.Event
	if event == nil {
		read := s.options.Catalog.Validate(x.Body).Event
		event = &read
	}
	r := record{at: x.ReceivedAt.UnixMicro(), status: uint16(x.Status), took: uint32(min(x.Took.Microseconds(), 1<<31))} //nolint:gosec // limited
	s.seed.describe(&r, x.Body, *event)
	r.flags |= unusualBody(x.Body)
	r.count(severities(x.Findings))
	r.drift = worst(s.options.drift(*event, x.Body))
	r.name, r.event = s.words.id(event.Object), s.words.id(event.Name)
	if x.Sent {
		r.flags |= isSent
	}
	if x.Outcome != "" {
		r.flags |= isFailed
	}
	if x.Forwarded != nil {
		r.flags |= isForwarded
		r.forwarded = uint16(x.Forwarded.Status) //nolint:gosec // a status
	}
	var line []byte
	if p := x.Place; p.Length > 0 && s.options.ReadLine != nil {
		r.source, r.offset, r.length = placed|uint16(p.File), p.Offset, uint32(p.Length) //nolint:gosec // limited by the receiver
	} else {
		buffer := s.buffers.Get().(*[]byte)
		defer s.release(buffer)
		*buffer = s.appendLine((*buffer)[:0], x.Entry)
		line = *buffer
		r.length = uint32(len(line)) //nolint:gosec // limited by the receiver
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if line != nil {
		r.offset = s.lines.add(line)
	}
	s.marks.mark(&s.index, s.first, &r)
	id := s.index.add(r)
	if x.Origin != 0 {
		s.origins[id] = x.Origin
	}
	s.limit()
	s.publish()
	return int64(id)
}

// appendLine appends the line of an entry, with secrets masked.
func (s *Store) appendLine(dst []byte, entry recording.Entry) []byte {
	if !s.options.ShowSecrets {
		entry = entry.Masked(s.options.SecretHeaders...)
	}
	line, err := entry.AppendLine(dst)
	if err != nil {
		entry.Findings = nil // the only part that can fail
		line, _ = entry.AppendLine(dst)
	}
	return line
}

// release keeps a buffer for the next line, unless it is too large.
func (s *Store) release(buffer *[]byte) {
	const most = 64 << 10
	if cap(*buffer) <= most {
		s.buffers.Put(buffer)
	}
}

func severities(findings []apizee.Finding) (errors, warnings int) {
	for _, f := range findings {
		if f.Severity == apizee.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// limit removes the oldest exchanges while they use too much memory. The last one stays.
func (s *Store) limit() {
	for s.first < s.index.n && s.index.memory()+s.lines.size > s.options.Memory && s.files == nil {
		r := s.index.get(s.first)
		if s.pins[s.first] {
			s.kept[s.first] = pinned{*r, slices.Clone(s.lines.get(r))} // without the line if that is in a file
		} else {
			s.remove(s.first, r)
		}
		s.lines.release(r)
		s.first++
		s.index.dropBefore(s.first)
	}
}

// remove counts an exchange that is removed, and forgets its origin.
func (s *Store) remove(id int, r *record) {
	s.removed.exchanges++
	s.removed.bytes += int64(r.length)
	delete(s.origins, id)
}

// publish tells those who wait that something has changed. The caller holds the lock.
func (s *Store) publish() {
	s.version++
	if s.waiting.CompareAndSwap(true, false) {
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// Status is the state of a store.
type Status struct {
	Total        int64 // exchanges that are shown without a filter
	Last         int64 // id of the last one
	Removed      int64 // to limit the memory
	RemovedBytes int64
	Memory       int64 // in use, in bytes
	Limit        int64
	Generation   int64 // changes when exchanges disappear or change
	Version      int64 // changes with each change
}

// Status returns the state, and a channel that is closed at the next change.
func (s *Store) Status() (Status, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting.Store(true)
	pinned := 0
	for id := range s.pins {
		if id <= s.hidden() {
			pinned++
		}
	}
	return Status{
		Total: int64(s.index.n - s.hidden() + pinned), Last: int64(s.index.n),
		Removed: s.removed.exchanges, RemovedBytes: s.removed.bytes,
		Memory: s.index.memory() + s.lines.size, Limit: s.options.Memory,
		Generation: s.changes, Version: s.version,
	}, s.changed
}

// hidden returns the last id that is not shown unless it is pinned.
func (s *Store) hidden() int { return max(s.cleared, s.first-1) }

// Pin pins an exchange, which is then neither removed nor cleared, or unpins it. It reports whether
// there is one with the id.
func (s *Store) Pin(id int64, pin bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.record(int(id))
	if r == nil {
		return false
	}
	if pin {
		s.pins[int(id)] = true
	} else {
		delete(s.pins, int(id))
		if _, isKept := s.kept[int(id)]; isKept {
			delete(s.kept, int(id))
			s.remove(int(id), r)
		}
	}
	s.changes++
	s.publish()
	return true
}

// Clear hides all exchanges that are not pinned, until Undo. It returns their number.
func (s *Store) Clear(token string) (cleared int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.hidden()
	for id := range s.pins {
		if id > before {
			cleared--
		}
	}
	cleared += int64(s.index.n - before)
	s.undo, s.cleared = undo{token, s.cleared}, s.index.n
	s.changes++
	s.publish()
	return cleared
}

// Undo shows again what the last Clear has hidden. It reports whether the token is that of the last one.
func (s *Store) Undo(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token == "" || token != s.undo.token {
		return false
	}
	s.undo, s.cleared = undo{}, s.undo.cleared
	s.changes++
	s.publish()
	return true
}
