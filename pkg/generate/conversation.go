package generate

import (
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// A conversation has a name from the beginning; only its end is documented besides.
func conversationBehavior() behavior {
	return behavior{
		weight: 10, most: 12,
		life: life{
			{next: []step{{apizee.ConversationEnded, 1}}},
			{state: apizee.ConversationEnded},
		},
		born: func(s *Stream, e *entity) { e.title = s.title() },
		values: map[string]value{
			apizee.PropName: func(dst []byte, m moment) []byte { return appendTitle(dst, m.of.title) },
			apizee.PropFinishedAt: func(dst []byte, m moment) []byte {
				if m.stage.state == "" {
					return dst
				}
				return appendNow(dst, m)
			},
		},
	}
}

// title is a conversation's name, such as "Support Lyon 12".
type title struct{ topic, place, number int }

// The parts of names of conversations. They are written into JSON as they are, so they
// must not have quotes, backslashes or control characters.
var (
	topics = [...]string{"Support", "Assistance à distance", "Expertise", "Dépannage", "Visite", "Formation", "Onboarding", "Suivi"}
	places = [...]string{"Paris", "Lyon", "Lannion", "Marseille", "Zürich", "Łódź", "Córdoba", "A&B <Sud>", "東京", "Équipe 🚀"}
)

func (s *Stream) title() title {
	return title{s.random.below(len(topics)), s.random.below(len(places)), 1 + s.random.below(99)}
}

func appendTitle(dst []byte, t title) []byte {
	dst = append(dst, '"')
	dst = append(dst, topics[t.topic]...)
	dst = append(dst, ' ')
	dst = append(dst, places[t.place]...)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(t.number), 10)
	return append(dst, '"')
}
