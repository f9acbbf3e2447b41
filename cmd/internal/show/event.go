package show

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/console"
)

// Event returns a summary of an event: "ticket 100 update  state=invited".
func Event(p console.Palette, e apizee.Event) string {
	line := p.Object(objectText(e)) + " " + p.Event(eventText(e))
	for _, word := range e.Summary() {
		line += "  " + p.Value(console.Safe(word))
	}
	return line
}

// objectText returns the object and its id.
func objectText(e apizee.Event) string {
	return Brief(strings.TrimSpace(cmp.Or(e.Object, "?") + " " + e.IDText()))
}

func eventText(e apizee.Event) string { return Brief(cmp.Or(e.Name, "?")) }

// Brief makes an untrusted text safe, and truncates it to a length that suits any line.
func Brief(text string) string {
	const longest = 200
	return console.Cut(console.Safe(text), longest)
}

// isNamed reports whether the event has an object or a name.
func isNamed(e apizee.Event) bool { return e.Object != "" || e.Name != "" }

// eventJSON is the JSON of an event's summary.
type eventJSON struct {
	Event    string          `json:"event"`
	Object   string          `json:"object"`
	ObjectID json.RawMessage `json:"objectId"` // unchanged; null if missing
}

func newEventJSON(e apizee.Event) eventJSON {
	short := eventJSON{Event: e.Name, Object: e.Object}
	if e.ID != "" {
		short.ObjectID = json.RawMessage(e.ID)
	}
	return short
}
