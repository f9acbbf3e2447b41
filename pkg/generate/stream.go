package generate

import (
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Options are all that a stream depends on.
type Options struct {
	// Catalog is what is documented; nil means apizee.Documented().
	Catalog *apizee.Catalog

	Seed uint64

	// Start is the time of the first event, not before 1970.
	Start time.Time

	// Rate is how fast the events' own time goes on. The zero Rate is DefaultRate.
	Rate Rate

	// Mix is DefaultMix when it is zero.
	Mix Mix
}

// DefaultRate is two events a second.
func DefaultRate() Rate { return Rate{Count: 2, Per: time.Second} }

// Stream is an endless sequence of events. It is not safe for concurrent use.
type Stream struct {
	random random
	mix    Mix
	clock  clock
	herds  [kinds]herd
	ids    [kinds]uint64 // the database id that was given last
}

// herd is the objects of one kind that are alive, and what they can go through.
type herd struct {
	routes []route
	alive  []creature
	most   int // alive at once
}

// creature is an object in the middle of its life. Which details count depends on
// its kind.
type creature struct {
	id   uint64
	at   int  // the stage it is in
	over bool // nothing but its deletion is left
	detail
}

// How many objects of a kind are alive at once, at most. Enough that lives overlap
// as on a busy platform.
const (
	mostTickets       = 48
	mostMedia         = 24
	mostConversations = 12
)

// New starts a stream.
func New(o Options) *Stream {
	if o.Catalog == nil {
		o.Catalog = apizee.Documented()
	}
	if o.Rate == (Rate{}) {
		o.Rate = DefaultRate()
	}
	if o.Mix == (Mix{}) {
		o.Mix = DefaultMix(o.Catalog)
	}
	s := &Stream{
		random: newRandom(o.Seed),
		mix:    o.Mix,
		clock:  clock{now: o.Start.Unix(), rate: o.Rate},
		herds: [kinds]herd{
			ticket:       newHerd(ticketLife(), mostTickets),
			media:        newHerd(mediaLife(), mostMedia),
			conversation: newHerd(conversationLife(), mostConversations),
		},
	}
	for k := range s.ids {
		s.ids[k] = 1000 + uint64(s.random.below(9000))
	}
	return s
}

func newHerd(l life, most int) herd {
	return herd{routes: l.routes(), alive: make([]creature, 0, most), most: most}
}

// Next is the next event, as compact JSON with its fields in documented order. The
// caller may keep it.
func (s *Stream) Next() []byte { return s.AppendNext(nil) }

// AppendNext appends the next event to dst, without a line break. It allocates only
// to grow dst.
func (s *Stream) AppendNext(dst []byte) []byte {
	now := s.clock.next()
	k := s.pick()
	h := &s.herds[k]
	i := s.turn(h)
	switch {
	case i < 0:
		i = h.add(creature{id: s.id(k), detail: s.newDetail(k)})
		dst = appendEvent(dst, created, now, k, h, i)
	case h.alive[i].over:
		dst = appendEvent(dst, deleted, now, k, h, i)
		h.end(i)
	default:
		s.goOn(h, &h.alive[i])
		dst = appendEvent(dst, updated, now, k, h, i)
		s.settle(h, i)
	}
	return dst
}

func (s *Stream) pick() kind {
	at := s.random.below(s.mix.sum())
	for k, weight := range s.mix {
		if at -= weight; at < 0 {
			return kind(k)
		}
	}
	return ticket
}

// turn chooses who is next: an object that is alive, or -1 for a new one. A little
// more are born than die, so that the herd grows slowly until it is full.
func (s *Stream) turn(h *herd) int {
	const births = 5 // one in so many events
	if len(h.alive) == 0 || len(h.alive) < h.most && s.random.oneIn(births) {
		return -1
	}
	return s.random.below(len(h.alive))
}

// goOn moves an object to one of the stages that its own leads to.
func (s *Stream) goOn(h *herd, c *creature) {
	next := h.routes[c.at].next
	c.at = next[s.random.below(len(next))]
	c.place = s.nearby(c.place)
}

// settle lets an object that has come to the end of its life go, unless it is one of
// the few whose deletion is still to be told.
func (s *Stream) settle(h *herd, i int) {
	const deletions = 4 // one in so many lives
	c := &h.alive[i]
	switch {
	case len(h.routes[c.at].next) > 0:
	case s.random.oneIn(deletions):
		c.over = true
	default:
		h.end(i)
	}
}

// id gives the next database id of a kind. Ids grow with small gaps, since a platform
// has other users too.
func (s *Stream) id(k kind) uint64 {
	s.ids[k] += 1 + uint64(s.random.below(3))
	return s.ids[k]
}

func (h *herd) add(c creature) int {
	h.alive = append(h.alive, c)
	return len(h.alive) - 1
}

// end takes an object out of the herd. The order of the others does not matter.
func (h *herd) end(i int) {
	last := len(h.alive) - 1
	h.alive[i] = h.alive[last]
	h.alive = h.alive[:last]
}
