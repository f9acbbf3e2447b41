package scenario

import (
	"fmt"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// title is the name of a step, or what it does.
func (s *step) title(e *engine) string {
	switch {
	case isExpression(s.name):
		if name, err := e.text(s.name); err == nil {
			return name
		}
		return s.name
	case s.name != "":
		return s.name
	}
	switch s.kind {
	case pauseStep:
		return "pause " + s.pause.String()
	case togetherStep:
		return fmt.Sprintf("%d together", len(s.steps))
	case probeStep:
		url := s.probe.url
		if rendered, err := e.text(url); err == nil {
			url = rendered
		}
		return "probe " + s.probe.method + " " + redact.URL(url)
	}
	return s.body.title()
}

func (d delay) String() string {
	if d.text != "" {
		return d.text
	}
	return d.fixed.String()
}

func (b *event) title() string { return b.summary }

func (b *fromTemplate) title() string { return "template " + b.name }

func (b *ownData) title() string { return "data" }
