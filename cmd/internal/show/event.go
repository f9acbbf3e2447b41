package show

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Event is an event in few words: "ticket 100 update  state=invited".
func Event(p console.Palette, e apizee.Event) string {
	line := p.Object(objectText(e)) + " " + p.Event(eventText(e))
	for _, word := range e.Summary() {
		line += "  " + p.Value(console.Safe(word))
	}
	return line
}

// objectText is the object and its id.
func objectText(e apizee.Event) string {
	return Brief(strings.TrimSpace(cmp.Or(e.Object, "?") + " " + e.IDText()))
}

func eventText(e apizee.Event) string { return Brief(cmp.Or(e.Name, "?")) }

// Brief makes a text that came from elsewhere safe, and short enough for a line, however
// wide that is.
func Brief(text string) string {
	const longest = 200
	return console.Cut(console.Safe(text), longest)
}

// isNamed says whether there is an event to speak of.
func isNamed(e apizee.Event) bool { return e.Object != "" || e.Name != "" }

// eventJSON is what an event is about.
type eventJSON struct {
	Event    string          `json:"event"`
	Object   string          `json:"object"`
	ObjectID json.RawMessage `json:"objectId"` // as it is in the event; null where there is none
}

func newEventJSON(e apizee.Event) eventJSON {
	short := eventJSON{Event: e.Name, Object: e.Object}
	if e.ID != "" {
		short.ObjectID = json.RawMessage(e.ID)
	}
	return short
}
