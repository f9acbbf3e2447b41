package load

import (
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// timeline is a load over its time, in constant memory: slices of equal width, which doubles when
// there are too many.
type timeline struct {
	width  time.Duration
	slices []slice
}

// slice is the requests sent in a part of the time.
type slice struct {
	failed    int64
	latencies deliver.Times
}

const (
	// firstWidth gives whole seconds after some doublings.
	firstWidth = time.Second / 64
	mostSlices = 120
)

// add counts a request that was sent some time after the start of the load.
func (t *timeline) add(at, latency time.Duration, failed bool) {
	at = max(at, 0)
	for t.width == 0 || at >= mostSlices*t.width {
		t.widen()
	}
	for at >= time.Duration(len(t.slices))*t.width {
		t.slices = append(t.slices, slice{latencies: deliver.Times{Digits: 2}})
	}
	s := &t.slices[at/t.width]
	s.latencies.Add(latency)
	if failed {
		s.failed++
	}
}

// widen doubles the width.
func (t *timeline) widen() {
	t.width = max(2*t.width, firstWidth)
	for i, s := range t.slices {
		if i%2 == 0 {
			t.slices[i/2] = s
			continue
		}
		t.slices[i/2].failed += s.failed
		t.slices[i/2].latencies.Merge(s.latencies)
	}
	t.slices = t.slices[:(len(t.slices)+1)/2]
}
