package runner

import (
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// timeline gives a time to events that set none. `time` has whole seconds, and is the only way
// for an endpoint to tell which of two events is newer when they arrive out of order. So times
// strictly increase through all runs of a plan, and none is in the future: when the runs last
// less than a second per event, the first events get times in the past.
type timeline struct {
	left int   // the maximum number of events to come
	last int64 // the time of the previous event
}

func newTimeline(runs ...*scenario.Scenario) *timeline {
	t := &timeline{}
	for _, s := range runs {
		t.left += undated(s.Steps)
	}
	return t
}

// next returns the time of the next event, which leaves a second for each later event.
func (t *timeline) next(now time.Time) time.Time {
	t.left = max(t.left-1, 0)
	t.last = max(t.last+1, now.Unix()-int64(t.left))
	return time.Unix(t.last, 0)
}

// undated counts the events that get their time from a timeline. Repetitions count; further
// deliveries of the same bytes do not.
func undated(steps []scenario.Step) int {
	n := 0
	for i := range steps {
		switch s := &steps[i]; {
		case s.Kind == scenario.Together:
			n += s.Repeat * undated(s.Steps)
		case isDated(s):
			n += s.Repeat
		}
	}
	return n
}

// isDated reports whether the timeline gives an event its time: when the event has none, or an
// expression may use it, as {{ unix }} does.
func isDated(s *scenario.Step) bool {
	switch s.Kind {
	case scenario.Send:
		return s.Event.Time == nil || !s.Event.Time.IsConstant()
	case scenario.Data:
		return !s.Data.IsConstant()
	}
	return s.Kind == scenario.Template
}
