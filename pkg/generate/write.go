package generate

import (
	"strconv"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// The words that events are made of. A test holds them, and those of the lives,
// against the catalog.
const (
	created = "create"
	updated = "update"
	deleted = "delete"

	conferenceName    = "conference"
	conversationEnded = "conversationEnded"
)

// names are the kinds' own, in the order of the kinds.
var names = [kinds]string{"ticket", "media", "conversation"}

// appendEvent writes what happened to the i-th of a herd.
func appendEvent(dst []byte, event string, now int64, k kind, h *herd, i int) []byte {
	c := &h.alive[i]
	dst = append(dst, `{"event":"`...)
	dst = append(dst, event...)
	dst = append(dst, `","time":`...)
	dst = strconv.AppendInt(dst, now, 10)
	dst = append(dst, `,"object":"`...)
	dst = append(dst, names[k]...)
	dst = append(dst, `","objectId":`...)
	dst = appendID(dst, k, c)
	dst = append(dst, `,"props":{`...)
	if event != deleted {
		dst = appendProps(dst, now, k, c, &h.routes[c.at])
	}
	return append(dst, "}}"...)
}

func appendID(dst []byte, k kind, c *creature) []byte {
	if k != conversation {
		return strconv.AppendUint(dst, c.id, 10)
	}
	dst = append(dst, '"')
	dst = append(dst, c.publicID[:]...)
	return append(dst, '"')
}

func appendProps(dst []byte, now int64, k kind, c *creature, at *route) []byte {
	switch k {
	case media:
		return appendParent(appendState(dst, at), c)
	case conversation:
		return appendConversation(dst, now, c, at)
	}
	dst = appendState(dst, at)
	if at.located && c.located {
		dst = appendPlace(dst, c.place)
	}
	return dst
}

func appendState(dst []byte, at *route) []byte {
	dst = append(dst, `"state":"`...)
	dst = append(dst, at.state...)
	return append(dst, '"')
}

func appendPlace(dst []byte, p position) []byte {
	dst = append(dst, `,"geoloc":{"lat":`...)
	dst = appendDegrees(dst, p.lat)
	dst = append(dst, `,"lng":`...)
	dst = appendDegrees(dst, p.lng)
	return append(dst, '}')
}

func appendParent(dst []byte, c *creature) []byte {
	dst = append(dst, `,"_parent":{"name":"`...)
	dst = append(dst, c.parent.name...)
	dst = append(dst, `","id":`...)
	dst = strconv.AppendUint(dst, c.parent.id, 10)
	return append(dst, '}')
}

// appendConversation tells the name alone until the conversation has ended.
func appendConversation(dst []byte, now int64, c *creature, at *route) []byte {
	if at.state != "" {
		dst = append(dst, `"eventType":"`...)
		dst = append(dst, at.state...)
		dst = append(dst, `",`...)
	}
	dst = append(dst, `"name":"`...)
	dst = appendTitle(dst, c.title)
	dst = append(dst, '"')
	if at.state != "" {
		dst = append(dst, `,"finishedAt":"`...)
		dst = time.Unix(now, 0).UTC().AppendFormat(dst, apizee.TimeLayout)
		dst = append(dst, '"')
	}
	return dst
}
