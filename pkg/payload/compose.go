package payload

import (
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Fields are the five members of an event. Time, ID and Props are JSON.
type Fields struct {
	Event, Object string
	Time          json.RawMessage
	ID            json.RawMessage // nil means the documented example, if there is one
	Props         json.RawMessage // nil means {}
}

// Compose writes the fields compactly and in documented order, documented props too;
// other props follow in the order given. It does not check them against the contract.
func Compose(c *apizee.Catalog, f Fields) ([]byte, error) {
	if f.ID == nil {
		object, _ := c.LookupObject(f.Object)
		f.ID = json.RawMessage(object.ID.Example)
	}
	if f.Props == nil {
		f.Props = json.RawMessage("{}")
	}
	event, err := quoted(f.Event)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	object, err := quoted(f.Object)
	if err != nil {
		return nil, fmt.Errorf("object: %w", err)
	}
	members := []member{
		{"event", event},
		{"time", jsontext.Value(f.Time)},
		{"object", object},
		{"objectId", jsontext.Value(f.ID)},
		{"props", jsontext.Value(f.Props)},
	}
	for i, m := range members {
		value, err := compacted(m.value)
		if err != nil {
			return nil, fmt.Errorf("%s: not JSON: %w", m.name, err)
		}
		members[i].value = value
	}
	return arrangeFields(c, members)
}
