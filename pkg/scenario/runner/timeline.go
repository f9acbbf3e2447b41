package runner

import (
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/scenario"
)

// timeline dates the events that have no time of their own. `time` has whole seconds, and is all
// that tells an endpoint which of two events is newer, in whatever order they arrive. So the
// times grow strictly through all runs of a plan, and none is in the future: where the runs
// last less than a second per event, the first events are dated back.
type timeline struct {
	left int   // events to come, at most
	last int64 // the time of the last one
}

func newTimeline(runs ...*scenario.Scenario) *timeline {
	t := &timeline{}
	for _, s := range runs {
		t.left += undated(s.Steps)
	}
	return t
}

// next is the time of the next event. Each leaves a second for every one after it.
func (t *timeline) next(now time.Time) time.Time {
	t.left = max(t.left-1, 0)
	t.last = max(t.last+1, now.Unix()-int64(t.left))
	return time.Unix(t.last, 0)
}

// undated counts the events that a run dates. Rounds count, deliveries of the same bytes do not.
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

// isDated reports whether the run gives an event its time: where there is none, and where an
// expression may ask for it, as {{ unix }} does.
func isDated(s *scenario.Step) bool {
	switch s.Kind {
	case scenario.Send:
		return s.Event.Time == nil || !s.Event.Time.IsSettled()
	case scenario.Data:
		return !s.Data.IsSettled()
	}
	return s.Kind == scenario.Template
}
