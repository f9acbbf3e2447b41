package scenario

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
)

// body is what makes the bytes of a delivery when its turn has come.
type body interface {
	make(m *maker) ([]byte, error)
	title() string // what is sent, in few words
}

// maker is what a body is made with.
type maker struct {
	*engine
	catalog *apizee.Catalog
	sources payload.Sources
}

// newMaker makes one whose ids follow from the seed.
func newMaker(c *apizee.Catalog, now func() time.Time, seed int64) maker {
	random, count := rand.New(rand.NewPCG(uint64(seed), 1)), int64(0)
	sources := payload.Sources{
		Now: now, Random: random.Uint64,
		Next: func() int64 { count++; return count },
	}
	return maker{engine: newEngine(sources), catalog: c, sources: sources}
}

// event is the body of a send step.
type event struct {
	object, name string
	id, time     *value // nil means the example, and now
	props        *value // nil means the example's
	dotted       bool
	set          []setting

	// summary is what is known of it in few words, and fixed the whole of it around
	// its time when nothing else is left open; both are made when the file is read.
	// So is sound: whether there is nothing to say about what is known.
	summary string
	fixed   *[2]string
	sound   bool
}

// setting is a change to an event: a path and what comes there.
type setting struct {
	path string
	to   value
}

func (b *event) make(m *maker) ([]byte, error) {
	if b.fixed != nil {
		body := make([]byte, 0, len(b.fixed[0])+len(b.fixed[1])+20)
		body = strconv.AppendInt(append(body, b.fixed[0]...), m.sources.Now().Unix(), 10)
		return append(body, b.fixed[1]...), nil
	}
	fields := payload.Fields{Event: b.name, Object: b.object}
	var err error
	if fields.ID, err = b.id.raw(m.engine); err != nil {
		return nil, fmt.Errorf("id: %w", err)
	}
	if fields.Props, err = b.makeProps(m); err != nil {
		return nil, fmt.Errorf("props: %w", err)
	}
	unix, err := b.makeTime(m)
	if err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	fields.Time = strconv.AppendInt(nil, unix, 10)
	body, err := payload.Compose(m.catalog, fields)
	if err != nil {
		return nil, err
	}
	if body, err = change(body, b.set, m); err != nil || !b.dotted {
		return body, err
	}
	return payload.Dotted(m.catalog, body)
}

// raw is the JSON of a value that may be left out.
func (v *value) raw(e *engine) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return v.append(nil, e)
}

func (b *event) makeProps(m *maker) (json.RawMessage, error) {
	if b.props != nil {
		return b.props.raw(m.engine)
	}
	return exampleProps(m.catalog, b.object, b.name), nil
}

// exampleProps are the documented example's; nil when there are none.
func exampleProps(c *apizee.Catalog, object, event string) json.RawMessage {
	example, err := payload.Build(c, payload.Spec{Object: object, Event: event}, 0)
	if err != nil {
		return nil // an object that is not documented
	}
	return json.RawMessage(gjson.GetBytes(example, "props").Raw)
}

func (b *event) makeTime(m *maker) (int64, error) {
	if b.time == nil {
		return m.sources.Now().Unix(), nil
	}
	raw, err := b.time.raw(m.engine)
	if err != nil {
		return 0, err
	}
	return payload.ParseTime(gjson.ParseBytes(raw).String())
}

func change(body []byte, settings []setting, m *maker) ([]byte, error) {
	if len(settings) == 0 {
		return body, nil
	}
	changes := make([]payload.Change, len(settings))
	for i, s := range settings {
		to, err := s.to.raw(m.engine)
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", s.path, err)
		}
		if changes[i], err = payload.ParseSet(s.path + "=" + string(to)); err != nil {
			return nil, fmt.Errorf("set: %w", err)
		}
	}
	return payload.Apply(m.catalog, body, changes)
}

// fromTemplate is the body of a template step.
type fromTemplate struct {
	name     string
	template payload.Template
	vars     *value // nil means none
	set      []setting
}

func (b *fromTemplate) make(m *maker) ([]byte, error) {
	vars := payload.Vars{}
	if b.vars != nil {
		raw, err := b.vars.raw(m.engine)
		if err != nil {
			return nil, fmt.Errorf("vars: %w", err)
		}
		members, _ := plainJSON(raw).(map[string]any)
		vars = members
	}
	body, err := b.template.Render(vars, m.sources)
	if err != nil {
		return nil, err
	}
	return change(body, b.set, m)
}

// ownData is the body of a data step: JSON, or a text that is sent as it is.
type ownData struct {
	data   value
	asText bool
}

func (b *ownData) make(m *maker) ([]byte, error) { return b.data.content(m.engine, b.asText) }

// content is the value as the bytes of a body.
func (v *value) content(e *engine, asText bool) ([]byte, error) {
	raw, err := v.raw(e)
	if err != nil || !asText {
		return raw, err
	}
	return []byte(gjson.ParseBytes(raw).String()), nil
}
