package apizee

import "github.com/go-json-experiment/json/jsontext"

// exampleTime is the time of the documented example event about a ticket.
const exampleTime = 1575976413

// exampleEvent is an example of an event about an object, the documented one where there is one. A
// deleted object has no documented props.
func exampleEvent(o *Object, event string) ordered {
	props := ordered{}
	if event != Delete {
		props = nested(o.DefaultProps(nil), exampleValue, func(members ordered) any { return members })
	}
	return ordered{
		{"event", event},
		{"time", exampleTime},
		{"object", o.Name},
		{"objectId", jsontext.Value(o.ID.Example)},
		{"props", props},
	}
}

func exampleValue(p Prop) any { return jsontext.Value(p.Example) }
