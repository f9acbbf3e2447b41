package deliver

import (
	"cmp"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Times is a distribution of times in constant memory. Min, Max and Mean are exact, quantiles to the
// given precision. The zero value is ready to use. It is not safe for concurrent use.
type Times struct {
	N        int64
	Min, Max time.Duration
	Digits   int // of a quantile; 0 means 3, about a thousandth

	sum       time.Duration
	histogram *hdrhistogram.Histogram // nil for fewer than two
}

// Add adds a time.
func (t *Times) Add(d time.Duration) {
	if t.N == 0 {
		// One time needs no histogram, which is slow to set up.
		*t = Times{N: 1, Min: d, Max: d, Digits: t.Digits, sum: d}
		return
	}
	if t.histogram == nil {
		t.histogram = hdrhistogram.New(int64(shortest), int64(longest), cmp.Or(t.Digits, 3))
		t.record(t.Min)
	}
	t.record(d)
	t.N, t.sum, t.Min, t.Max = t.N+1, t.sum+d, min(t.Min, d), max(t.Max, d)
}

// Merge adds the times of another distribution of the same precision, which must not be used afterwards.
func (t *Times) Merge(other Times) {
	if t.N < other.N {
		*t, other = other, *t
	}
	switch other.N {
	case 0:
		return
	case 1:
		t.Add(other.Min)
		return
	}
	t.histogram.Merge(other.histogram)
	t.N, t.sum, t.Min, t.Max = t.N+other.N, t.sum+other.sum, min(t.Min, other.Min), max(t.Max, other.Max)
}

const (
	shortest = time.Microsecond
	longest  = time.Hour
)

// record clamps a time to the bounds, so that recording cannot fail.
func (t *Times) record(d time.Duration) {
	_ = t.histogram.RecordValue(int64(min(max(d, 0), longest)))
}

// Mean returns the mean, or 0 without times.
func (t *Times) Mean() time.Duration { return t.sum / time.Duration(max(t.N, 1)) }

// Quantile returns the time that a share q of the times, from 0 to 1, did not exceed. It is within the
// exact bounds, which the histogram rounds.
func (t *Times) Quantile(q float64) time.Duration {
	if t.histogram == nil {
		return t.Max
	}
	// The histogram rounds to the nearest rank, which may be the time before the one that a share of q needs.
	const rounding = 1e-9 // 0.07 * 100 is more than 7
	rank := math.Ceil(q*float64(t.N) - rounding)
	return min(max(time.Duration(t.histogram.ValueAtQuantile(100*rank/float64(t.N))), t.Min), t.Max)
}
