package generate

import (
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// A media belongs to a ticket or a conversation. An incomplete upload may be resumed.
func mediaBehavior() behavior {
	return behavior{
		weight: 20, most: 24, life: mediaLife(),
		born: func(s *Stream, e *entity) { e.parent = s.parent() },
		values: map[string]value{
			apizee.PropParentName: func(dst []byte, m moment) []byte { return append(dst, m.of.parent.name...) },
			apizee.PropParentID:   func(dst []byte, m moment) []byte { return strconv.AppendUint(dst, m.of.parent.id, 10) },
		},
	}
}

func mediaLife() life {
	return life{
		{state: apizee.StateInProgress, next: []step{{apizee.StateCompleted, 80}, {apizee.StateUncompleted, 14}, {apizee.StateError, 6}}},
		{state: apizee.StateUncompleted, next: []step{{apizee.StateInProgress, 75}, {apizee.StateError, 25}}},
		{state: apizee.StateCompleted},
		{state: apizee.StateError},
	}
}

// owner is the parent of a media: its object's name as JSON (ticket, conference or
// conversation) and its database id.
type owner struct {
	name string
	id   uint64
}

// parent picks the owner of a new media: an object that is alive, or the last one.
// The documentation also calls a conversation a conference.
func (s *Stream) parent() owner {
	if s.random.below(10) < 6 {
		return owner{`"` + apizee.Ticket + `"`, s.anyone(apizee.Ticket)}
	}
	name := `"` + apizee.Conversation + `"`
	if s.random.oneIn(2) {
		name = `"` + apizee.Conference + `"`
	}
	return owner{name, s.anyone(apizee.Conversation)}
}

// anyone is the database id of some object with the given name.
func (s *Stream) anyone(name string) uint64 {
	for i := range s.populations {
		p := &s.populations[i]
		switch {
		case p.name != name:
		case len(p.alive) == 0:
			return p.lastID
		default:
			return p.alive[s.random.below(len(p.alive))].id
		}
	}
	return 1 // the catalog has no such object
}
