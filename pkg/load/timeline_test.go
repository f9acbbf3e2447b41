package load

import (
	"testing"
	"time"
)

// TestTimeline adds a request per millisecond, with its number in its latency.
func TestTimeline(t *testing.T) {
	for _, total := range []int{0, 1, 1000, 1875, 1876, 100_000} {
		var line timeline
		for i := range total {
			line.add(time.Duration(i)*time.Millisecond, time.Duration(i+1)*time.Microsecond, i%2 == 0)
		}
		if len(line.slices) > mostSlices || total > 2000 && len(line.slices) < mostSlices/2 {
			t.Errorf("%d requests: %d slices", total, len(line.slices))
		}
		var sum, failed int64
		for i, s := range line.slices {
			first := (time.Duration(i)*line.width + time.Millisecond - 1) / time.Millisecond
			if l := s.latencies; l.Min != (first+1)*time.Microsecond || l.Max != time.Duration(sum+l.N)*time.Microsecond {
				t.Errorf("%d requests: slice %d has latencies from %v to %v", total, i, l.Min, l.Max)
			}
			sum, failed = sum+s.latencies.N, failed+s.failed
		}
		if sum != int64(total) || failed != int64(total+1)/2 {
			t.Errorf("%d requests: %d counted, %d failed", total, sum, failed)
		}
	}
}

// TestTimelineOutOfOrder adds requests in the order of their responses.
func TestTimelineOutOfOrder(t *testing.T) {
	var line timeline
	for _, at := range []time.Duration{time.Hour, 0, -1, time.Minute} {
		line.add(at, time.Second, true)
	}
	if n := line.slices[0].latencies.N; line.width != 32*time.Second || n != 2 || len(line.slices) != 113 {
		t.Errorf("%d slices of %v, %d in the first", len(line.slices), line.width, n)
	}
}
