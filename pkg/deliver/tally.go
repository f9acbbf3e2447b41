package deliver

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Summary counts deliveries by verdict. The times are those of deliveries with a complete response, and
// zero without any. Min and Max are exact, Median and P95 to about a thousandth.
type Summary struct {
	Sent, Accepted, Rejected, Failed int
	Min, Median, P95, Max            time.Duration
}

// Tally counts results in constant memory. The zero value is ready to use. It is not safe for concurrent
// use.
type Tally struct {
	counts Summary
	times  *hdrhistogram.Histogram
}

// Add counts the last attempt of a delivery.
func (t *Tally) Add(result Result) {
	t.counts.Sent++
	switch result.Verdict() {
	case VerdictAccepted:
		t.counts.Accepted++
	case VerdictRejected:
		t.counts.Rejected++
	case VerdictFailed:
		t.counts.Failed++
		return
	}
	t.addTime(result.Timings.Total)
}

func (t *Tally) addTime(d time.Duration) {
	c := &t.counts
	if c.Accepted+c.Rejected == 1 {
		// One delivery needs no histogram, which is slow to set up.
		c.Min, c.Max = d, d
		return
	}
	if t.times == nil {
		t.times = newHistogram()
		record(t.times, c.Min)
	}
	c.Min, c.Max = min(c.Min, d), max(c.Max, d)
	record(t.times, d)
}

// Summary returns the counts so far.
func (t *Tally) Summary() Summary {
	s := t.counts
	s.Median, s.P95 = s.Max, s.Max
	if t.times != nil {
		s.Median = t.quantile(50)
		s.P95 = t.quantile(95)
	}
	return s
}

// quantile returns a quantile within the exact bounds, which the histogram rounds.
func (t *Tally) quantile(q float64) time.Duration {
	return min(max(time.Duration(t.times.ValueAtQuantile(q)), t.counts.Min), t.counts.Max)
}

const (
	shortest = time.Microsecond
	longest  = time.Hour
)

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(shortest), int64(longest), 3)
}

// record clamps a time to the bounds, so that recording cannot fail.
func record(times *hdrhistogram.Histogram, d time.Duration) {
	_ = times.RecordValue(int64(min(max(d, 0), longest)))
}
