package runner

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apizee-hooks/apizee-hooks/pkg/payload"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
	"github.com/apizee-hooks/apizee-hooks/pkg/scenario/expr"
)

// body makes the bytes of a delivery.
func (p *running) body(s *scenario.Step) (body []byte, err error) {
	if isDated(s) {
		p.at = p.options.timeline.next(p.Now())
		defer func() { p.at = time.Time{} }()
	}
	switch s.Kind {
	case scenario.Send:
		body, err = p.event(s.Event)
	case scenario.Template:
		body, err = p.fromTemplate(s.Rendered)
	default:
		return p.content(s.Data)
	}
	if err == nil {
		body, err = p.change(body, s.Set)
	}
	if err != nil || s.Event == nil || !s.Event.Dotted {
		return body, err
	}
	return payload.Dotted(p.scenario.Catalog, body)
}

func (p *running) event(e *scenario.Event) ([]byte, error) {
	if e.Composed != "" {
		return e.At(p.at.Unix()), nil
	}
	fields := payload.Fields{Event: e.Name, Object: e.Object}
	var err error
	if fields.ID, err = p.engine.JSON(e.ID); err != nil {
		return nil, fmt.Errorf("id: %w", err)
	}
	if fields.Props, err = p.engine.JSON(e.Props); err != nil {
		return nil, fmt.Errorf("props: %w", err)
	}
	unix, err := p.time(e)
	if err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	fields.Time = strconv.AppendInt(nil, unix, 10)
	return payload.Compose(p.scenario.Catalog, fields)
}

// time is the event's own time, or the one that the run gives it.
func (p *running) time(e *scenario.Event) (int64, error) {
	if e.Time == nil {
		return p.at.Unix(), nil
	}
	text, err := p.content(e.Time)
	if err != nil {
		return 0, err
	}
	return payload.ParseTime(string(text))
}

func (p *running) fromTemplate(t *scenario.Rendered) ([]byte, error) {
	vars := payload.Vars{}
	if t.Vars != nil {
		raw, err := p.engine.JSON(t.Vars)
		if err != nil {
			return nil, fmt.Errorf("vars: %w", err)
		}
		vars, _ = payload.Decode(raw).(map[string]any)
	}
	return t.Template.Render(vars, p.sources)
}

func (p *running) change(body []byte, settings []scenario.Setting) ([]byte, error) {
	if len(settings) == 0 {
		return body, nil
	}
	changes := make([]payload.Change, len(settings))
	for i, s := range settings {
		to, err := p.engine.JSON(&s.To)
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", s.Path, err)
		}
		if changes[i], err = payload.ParseSet(s.Path + "=" + string(to)); err != nil {
			return nil, fmt.Errorf("set: %w", err)
		}
	}
	return payload.Apply(p.scenario.Catalog, body, changes)
}

// content is the JSON of a value or, of a string, the text itself.
func (p *running) content(v *expr.Value) ([]byte, error) {
	raw, err := p.engine.JSON(v)
	if text := gjson.ParseBytes(raw); text.Type == gjson.String {
		return []byte(text.String()), err
	}
	return raw, err
}
