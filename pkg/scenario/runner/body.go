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

// body returns the bytes of a delivery.
func (run *running) body(s *scenario.Step) (body []byte, err error) {
	if isDated(s) {
		run.at = run.options.timeline.next(run.Now())
		defer func() { run.at = time.Time{} }()
	}
	switch s.Kind {
	case scenario.Send:
		body, err = run.event(s.Event)
	case scenario.Template:
		body, err = run.fromTemplate(s.Rendered)
	default:
		return run.content(s.Data)
	}
	if err == nil {
		body, err = run.change(body, s.Set)
	}
	if err != nil || s.Event == nil || !s.Event.Dotted {
		return body, err
	}
	return payload.Dotted(run.scenario.Catalog, body)
}

func (run *running) event(e *scenario.Event) ([]byte, error) {
	if e.Composed != "" {
		return e.At(run.at.Unix()), nil
	}
	fields := payload.Fields{Event: e.Name, Object: e.Object}
	var err error
	if fields.ID, err = run.engine.JSON(e.ID); err != nil {
		return nil, fmt.Errorf("id: %w", err)
	}
	if fields.Props, err = run.engine.JSON(e.Props); err != nil {
		return nil, fmt.Errorf("props: %w", err)
	}
	unix, err := run.time(e)
	if err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	fields.Time = strconv.AppendInt(nil, unix, 10)
	return payload.Compose(run.scenario.Catalog, fields)
}

// time returns the event's own time, or the one from the timeline.
func (run *running) time(e *scenario.Event) (int64, error) {
	if e.Time == nil {
		return run.at.Unix(), nil
	}
	text, err := run.content(e.Time)
	if err != nil {
		return 0, err
	}
	return payload.ParseTime(string(text))
}

func (run *running) fromTemplate(t *scenario.Rendered) ([]byte, error) {
	vars := payload.Vars{}
	if t.Vars != nil {
		raw, err := run.engine.JSON(t.Vars)
		if err != nil {
			return nil, fmt.Errorf("vars: %w", err)
		}
		vars, _ = payload.Decode(raw).(map[string]any)
	}
	return t.Template.Render(vars, run.sources)
}

func (run *running) change(body []byte, settings []scenario.Setting) ([]byte, error) {
	if len(settings) == 0 {
		return body, nil
	}
	changes := make([]payload.Change, len(settings))
	for i, s := range settings {
		to, err := run.engine.JSON(&s.To)
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", s.Path, err)
		}
		if changes[i], err = payload.ParseSet(s.Path + "=" + string(to)); err != nil {
			return nil, fmt.Errorf("set: %w", err)
		}
	}
	return payload.Apply(run.scenario.Catalog, body, changes)
}

// content returns the JSON of a value, or the plain text of a string.
func (run *running) content(v *expr.Value) ([]byte, error) {
	raw, err := run.engine.JSON(v)
	if text := gjson.ParseBytes(raw); text.Type == gjson.String {
		return []byte(text.String()), err
	}
	return raw, err
}
