package deliver

import "time"

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
	times  Times
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
	t.times.Add(result.Timings.Total)
}

// Summary returns the counts so far.
func (t *Tally) Summary() Summary {
	s := t.counts
	s.Min, s.Median, s.P95, s.Max = t.times.Min, t.times.Quantile(0.5), t.times.Quantile(0.95), t.times.Max
	return s
}
