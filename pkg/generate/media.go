package generate

import (
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// A media belongs to a ticket or a conversation. A broken upload may be taken up again.
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

// owner is what a media belongs to: its database id, and as JSON whether that is the id
// of a ticket, a conference or a conversation.
type owner struct {
	name string
	id   uint64
}

// parent is what a new media belongs to: an object that is alive, or the last one
// there was. The documentation calls a conversation a conference too.
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

// anyone is the database id of an object of that name.
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
	return 1 // a catalog without such an object
}
