package generate

import "strconv"

// detail is what an object has of its own beside its id and its stage.
type detail struct {
	// of a ticket
	located bool
	place   position

	parent owner // of a media

	// of a conversation
	publicID [32]byte
	title    title
}

// owner is what a media belongs to: its database id, and whether that is the id of a
// ticket, a conference or a conversation.
type owner struct {
	name string
	id   uint64
}

// title is a conversation's name, such as "Support Lyon 12".
type title struct{ topic, place, number int }

func (s *Stream) newDetail(k kind) detail {
	switch k {
	case media:
		return detail{parent: s.parent()}
	case conversation:
		return detail{publicID: s.publicID(), title: s.title()}
	}
	return detail{located: !s.random.oneIn(3), place: s.city()}
}

// parent is what a new media belongs to: an object that is alive, or the last one
// there was. The documentation calls a conversation a conference too.
func (s *Stream) parent() owner {
	if s.random.below(10) < 6 {
		return owner{names[ticket], s.anyone(ticket)}
	}
	name := names[conversation]
	if s.random.oneIn(2) {
		name = conferenceName
	}
	return owner{name, s.anyone(conversation)}
}

func (s *Stream) anyone(k kind) uint64 {
	alive := s.herds[k].alive
	if len(alive) == 0 {
		return s.ids[k]
	}
	return alive[s.random.below(len(alive))].id
}

// publicID is shaped like the documented example, which is not a UUID: hexadecimal
// digits in groups of 8, 4, 4, 4 and 8.
func (s *Stream) publicID() (id [32]byte) {
	for i := range id {
		id[i] = "0123456789abcdef"[s.random.below(16)]
	}
	for _, dash := range [...]int{8, 13, 18, 23} {
		id[dash] = '-'
	}
	return id
}

// What conversations are called. Written as JSON needs them, so without quotes,
// backslashes and control characters.
var (
	topics = [...]string{"Support", "Assistance à distance", "Expertise", "Dépannage", "Visite", "Formation", "Onboarding", "Suivi"}
	places = [...]string{"Paris", "Lyon", "Lannion", "Marseille", "Zürich", "Łódź", "Córdoba", "A&B <Sud>", "東京", "Équipe 🚀"}
)

func (s *Stream) title() title {
	return title{s.random.below(len(topics)), s.random.below(len(places)), 1 + s.random.below(99)}
}

func appendTitle(dst []byte, t title) []byte {
	dst = append(dst, topics[t.topic]...)
	dst = append(dst, ' ')
	dst = append(dst, places[t.place]...)
	dst = append(dst, ' ')
	return strconv.AppendInt(dst, int64(t.number), 10)
}
