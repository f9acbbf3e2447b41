package generate

import (
	"slices"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Options define a stream completely.
type Options struct {
	// Catalog has the documented objects; nil means apizee.Documented().
	Catalog *apizee.Catalog

	Seed uint64

	// Start is the time of the first event, not before 1970.
	Start time.Time

	// Rate is the rate of events in their own time. The zero Rate is DefaultRate.
	Rate Rate

	// Mix is the share of each object. An empty Mix is DefaultMix.
	Mix Mix
}

// DefaultRate is two events a second.
func DefaultRate() Rate { return Rate{Count: 2, Per: time.Second} }

// Stream is an endless sequence of events. It is not safe for concurrent use.
type Stream struct {
	random      random
	clock       clock
	populations []population // one per object of the catalog, in its order
	weights     int          // the sum of their weights
}

// population is the objects of one kind that are alive, and their possible states.
type population struct {
	name, quoted string
	weight       int    // in the mix
	shape        string // of a public id; "" if the objects have database ids
	routes       []route
	props        []prop
	born         func(*Stream, *entity)
	most         int  // at most alive
	onlyCreates  bool // each stage is an object of its own
	alive        []entity
	lastID       uint64 // the last database id
}

// entity is an object that is alive. Which details it has depends on its kind.
type entity struct {
	id       uint64
	publicID [longestID]byte
	at       int  // index of its stage
	over     bool // only its deletion is left
	second   int64
	shown    uint64 // the states of its updates in this second, as bits

	// of a ticket
	located bool
	place   position

	parent owner // of a media
	title  title // of a conversation
	agent  int   // of a session
}

// longestID is the most characters of a public id.
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
		weight := o.Mix.Weight(object.Name)
		if object.PartlyDocumented && weight == 0 {
			continue // a seed gives the same bytes, whatever Apizee's newer pages add
		}
		p := newPopulation(object, weight)
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
		most: b.most, onlyCreates: o.DefaultEvent() == apizee.Create,
		alive: make([]entity, 0, b.most),
	}
	if b.life == nil {
		p.routes = routesThrough(firstWords(o))
	}
	for i, r := range p.routes {
		p.routes[i].bit = 1 << (slices.IndexFunc(p.routes, func(other route) bool { return other.state == r.state }) % 64)
	}
	if !slices.Contains(o.ID.Types, apizee.Integer) {
		shape := strings.Trim(o.ID.Example, `"`)
		p.shape = shape[:min(len(shape), longestID)]
	}
	return p
}

// firstWords are the documented values of the first prop that has any.
func firstWords(o apizee.Object) []string {
	for _, p := range o.Props {
		if len(p.Values) > 0 {
			return p.Values
		}
	}
	return nil
}

// Next returns the next event, as compact JSON with its fields in documented order.
// The caller may retain it.
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
	case p.alive[i].over || !s.advance(p, &p.alive[i], now):
		event = apizee.Delete
	case p.onlyCreates:
		event = apizee.Create
		s.drawPublicID(&p.alive[i], p.shape)
	}
	e := &p.alive[i]
	dst = p.appendEvent(dst, event, e, moment{random: s.random, of: e, stage: &p.routes[e.at], now: now})
	if event == apizee.Delete {
		p.end(i)
	} else {
		s.retire(p, i)
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

// turn chooses the object of the next event: one that is alive, or -1 for a new one.
// Slightly more objects are created than end, so that the population grows slowly
// until it is full.
func (s *Stream) turn(p *population) int {
	const births = 5 // one in this many events
	if len(p.alive) == 0 || len(p.alive) < p.most && s.random.oneIn(births) {
		return -1
	}
	return s.random.below(len(p.alive))
}

// add creates an object.
func (s *Stream) add(p *population) int {
	i := len(p.alive)
	p.alive = append(p.alive, entity{id: s.id(p)})
	s.drawPublicID(&p.alive[i], p.shape)
	p.born(s, &p.alive[i])
	return i
}

// advance moves an object to one of the next stages. It reports false, and the object is over, if its
// update would repeat an earlier one: receivers may drop an event that has come before.
func (s *Stream) advance(p *population, e *entity, now int64) bool {
	next := p.routes[e.at].next
	to := next[s.random.below(len(next))]
	e.place = s.nearby(e.place) // for all objects, so that the random sequence does not depend on their kind
	if e.second != now {
		e.second, e.shown = now, 0
	}
	isNew := func(to int) bool { return p.onlyCreates || e.located || e.shown&p.routes[to].bit == 0 }
	if !isNew(to) {
		i := slices.IndexFunc(next, isNew)
		if i < 0 {
			return false
		}
		to = next[i]
	}
	e.at, e.shown = to, e.shown|p.routes[to].bit
	return true
}

// retire removes an object in its last stage, unless it is one of the few that get a
// delete event.
func (s *Stream) retire(p *population, i int) {
	const deletions = 4 // one in this many objects
	e := &p.alive[i]
	switch {
	case len(p.routes[e.at].next) > 0:
	case p.onlyCreates:
		p.end(i)
	case s.random.oneIn(deletions):
		e.over = true
	default:
		p.end(i)
	}
}

// id returns the next database id. Ids have small gaps, because a platform has other
// users too.
func (s *Stream) id(p *population) uint64 {
	p.lastID += 1 + uint64(s.random.below(3))
	return p.lastID
}

// drawPublicID sets a random id in the form of the documented example: hexadecimal
// digits, with its dashes.
func (s *Stream) drawPublicID(e *entity, shape string) {
	for i := range len(shape) {
		e.publicID[i] = "0123456789abcdef"[s.random.below(16)]
		if shape[i] == '-' {
			e.publicID[i] = '-'
		}
	}
}

// end removes an object from the population. The order of the others does not matter.
func (p *population) end(i int) {
	last := len(p.alive) - 1
	p.alive[i] = p.alive[last]
	p.alive = p.alive[:last]
}
