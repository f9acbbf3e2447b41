package generate

import (
	"slices"
	"strings"
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

	// Mix is DefaultMix when it is empty.
	Mix Mix
}

// DefaultRate is two events a second.
func DefaultRate() Rate { return Rate{Count: 2, Per: time.Second} }

// Stream is an endless sequence of events. It is not safe for concurrent use.
type Stream struct {
	random      random
	clock       clock
	populations []population // of all objects of the catalog, in its order
	weights     int          // the sum of theirs
}

// population is the objects of one name that are alive, and what they can go through.
type population struct {
	name, quoted string
	weight       int    // of its events
	shape        string // of a public id; "" when the objects have database ids
	routes       []route
	props        []prop
	born         func(*Stream, *entity)
	most         int // alive at once
	alive        []entity
	lastID       uint64 // the database id that was given last
}

// entity is an object in the middle of its life. Which details count depends on what it
// is.
type entity struct {
	id       uint64
	publicID [longestID]byte
	at       int  // the stage it is in
	over     bool // nothing but its deletion is left

	// of a ticket
	located bool
	place   position

	parent owner // of a media
	title  title // of a conversation
}

// longestID is how many characters of a public id are kept to.
const longestID = 32

// New starts a stream.
func New(o Options) *Stream {
	if o.Catalog == nil {
		o.Catalog = apizee.Documented()
	}
	if o.Rate == (Rate{}) {
		o.Rate = DefaultRate()
	}
	if len(o.Mix) == 0 {
		o.Mix = DefaultMix(o.Catalog)
	}
	s := &Stream{random: newRandom(o.Seed), clock: clock{now: o.Start.Unix(), rate: o.Rate}}
	for _, object := range o.Catalog.Objects {
		p := newPopulation(object, o.Mix.Weight(object.Name))
		p.lastID = 1000 + uint64(s.random.below(9000))
		s.populations = append(s.populations, p)
		s.weights += p.weight
	}
	return s
}

func newPopulation(o apizee.Object, weight int) population {
	b := behaviorOf(o.Name)
	p := population{
		name: o.Name, quoted: quoted(o.Name), weight: weight,
		routes: b.life.routes(), props: propsOf(o, b.values), born: b.born,
		most: b.most, alive: make([]entity, 0, b.most),
	}
	if b.life == nil {
		p.routes = routesThrough(firstWords(o))
	}
	if !slices.Contains(o.ID.Types, apizee.Integer) {
		shape := strings.Trim(o.ID.Example, `"`)
		p.shape = shape[:min(len(shape), longestID)]
	}
	return p
}

// firstWords are those of the first prop that has documented words.
func firstWords(o apizee.Object) []string {
	for _, p := range o.Props {
		if len(p.Values) > 0 {
			return p.Values
		}
	}
	return nil
}

// Next is the next event, as compact JSON with its fields in documented order. The
// caller may keep it.
func (s *Stream) Next() []byte { return s.AppendNext(nil) }

// AppendNext appends the next event to dst, without a line break. It allocates only
// to grow dst.
func (s *Stream) AppendNext(dst []byte) []byte {
	now := s.clock.next()
	p := s.pick()
	i := s.turn(p)
	event := apizee.Update
	switch {
	case i < 0:
		i, event = s.add(p), apizee.Create
	case p.alive[i].over:
		event = apizee.Delete
	default:
		s.goOn(p, &p.alive[i])
	}
	e := &p.alive[i]
	dst = p.appendEvent(dst, event, e, moment{random: s.random, of: e, stage: &p.routes[e.at], now: now})
	switch event {
	case apizee.Update:
		s.settle(p, i)
	case apizee.Delete:
		p.end(i)
	}
	return dst
}

func (s *Stream) pick() *population {
	at := s.random.below(s.weights)
	for i := range s.populations {
		if at -= s.populations[i].weight; at < 0 {
			return &s.populations[i]
		}
	}
	return &s.populations[0]
}

// turn chooses who is next: an object that is alive, or -1 for a new one. A little
// more are born than die, so that the population grows slowly until it is full.
func (s *Stream) turn(p *population) int {
	const births = 5 // one in so many events
	if len(p.alive) == 0 || len(p.alive) < p.most && s.random.oneIn(births) {
		return -1
	}
	return s.random.below(len(p.alive))
}

// add begins a life.
func (s *Stream) add(p *population) int {
	i := len(p.alive)
	p.alive = append(p.alive, entity{id: s.id(p)})
	s.drawPublicID(&p.alive[i], p.shape)
	p.born(s, &p.alive[i])
	return i
}

// goOn moves an object to one of the stages that its own leads to.
func (s *Stream) goOn(p *population, e *entity) {
	next := p.routes[e.at].next
	e.at = next[s.random.below(len(next))]
	e.place = s.nearby(e.place) // drawn for all, so that streams stay what they are
}

// settle lets an object that has come to the end of its life go, unless it is one of
// the few whose deletion is still to be told.
func (s *Stream) settle(p *population, i int) {
	const deletions = 4 // one in so many lives
	e := &p.alive[i]
	switch {
	case len(p.routes[e.at].next) > 0:
	case s.random.oneIn(deletions):
		e.over = true
	default:
		p.end(i)
	}
}

// id gives the next database id. Ids grow with small gaps, since a platform has other
// users too.
func (s *Stream) id(p *population) uint64 {
	p.lastID += 1 + uint64(s.random.below(3))
	return p.lastID
}

// drawPublicID makes an id in the shape of the documented example: its dashes, and
// hexadecimal digits between them.
func (s *Stream) drawPublicID(e *entity, shape string) {
	for i := range len(shape) {
		e.publicID[i] = "0123456789abcdef"[s.random.below(16)]
		if shape[i] == '-' {
			e.publicID[i] = '-'
		}
	}
}

// end takes an object out of the population. The order of the others does not matter.
func (p *population) end(i int) {
	last := len(p.alive) - 1
	p.alive[i] = p.alive[last]
	p.alive = p.alive[:last]
}
