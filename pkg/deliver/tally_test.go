package deliver

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func took(status int, d time.Duration) Result {
	return Result{Status: status, Timings: Timings{Total: d}}
}

func TestTally(t *testing.T) {
	var hundred []Result
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, took(204, time.Duration(i)*time.Millisecond))
	}
	failed := took(200, time.Nanosecond)
	failed.Failure = &Failure{Kind: KindReset}
	odd := 1234567 * time.Nanosecond

	tests := map[string]struct {
		results []Result
		want    Summary
	}{
		"none":         {nil, Summary{}},
		"one":          {[]Result{took(200, odd)}, Summary{Sent: 1, Accepted: 1, Min: odd, Median: odd, P95: odd, Max: odd}},
		"one failed":   {[]Result{failed}, Summary{Sent: 1, Failed: 1}},
		"exact bounds": {[]Result{took(200, odd), took(200, odd)}, Summary{Sent: 2, Accepted: 2, Min: odd, Median: odd, P95: odd, Max: odd}},
		"all verdicts": {[]Result{failed, took(500, odd), took(301, odd)}, Summary{Sent: 3, Rejected: 2, Failed: 1, Min: odd, Median: odd, P95: odd, Max: odd}},
		"out of bounds": {[]Result{took(200, 2*time.Hour), took(200, time.Millisecond)},
			Summary{Sent: 2, Accepted: 2, Min: time.Millisecond, Median: time.Millisecond, P95: time.Hour, Max: 2 * time.Hour}},
		"hundred": {hundred, Summary{Sent: 100, Accepted: 100, Min: time.Millisecond,
			Median: 50 * time.Millisecond, P95: 95 * time.Millisecond, Max: 100 * time.Millisecond}},
	}
	near := cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() <= max(a, b)/1000 })
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var tally Tally
			for _, result := range test.results {
				tally.Add(result)
			}
			got := tally.Summary()
			if diff := cmp.Diff(test.want, got, near); diff != "" {
				t.Error(diff)
			}
			if got.Min != test.want.Min || got.Max != test.want.Max {
				t.Errorf("min %v and max %v are not exact", got.Min, got.Max)
			}
			if lean := tally.times.histogram == nil; lean != (test.want.Accepted+test.want.Rejected < 2) {
				t.Errorf("no histogram: %t", lean)
			}
		})
	}
}
