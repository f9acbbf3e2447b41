package deliver

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	var times Times
	if times.Mean() != 0 || times.Quantile(0.5) != 0 {
		t.Errorf("without any: %v, %v", times.Mean(), times.Quantile(0.5))
	}
	for i := range 1000 {
		times.Add(time.Duration(i+1) * time.Millisecond)
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.25: 250, 0.5: 500, 0.999: 999, 1: 1000} {
		want *= time.Millisecond
		if got := times.Quantile(q); (got - want).Abs() > want/1000 {
			t.Errorf("quantile %g: %v, want about %v", q, got, want)
		}
	}
	if want := 500500 * time.Microsecond; times.N != 1000 || times.Mean() != want {
		t.Errorf("mean of %d: %v, want %v", times.N, times.Mean(), want)
	}
}

func TestTimesDigits(t *testing.T) {
	times := Times{Digits: 2}
	for range 2 {
		times.Add(time.Second)
	}
	if got := times.histogram.SignificantFigures(); got != 2 {
		t.Errorf("%d digits", got)
	}
}

func TestTimesMerge(t *testing.T) {
	of := func(milliseconds ...int) (times Times) {
		for _, n := range milliseconds {
			times.Add(time.Duration(n) * time.Millisecond)
		}
		return times
	}
	for name, test := range map[string]struct{ into, other Times }{
		"none":          {of(1, 2, 3, 4), of()},
		"into none":     {of(), of(1, 2, 3, 4)},
		"one":           {of(1, 3, 4), of(2)},
		"into one":      {of(2), of(1, 3, 4)},
		"more":          {of(1, 2), of(3, 4)},
		"more into few": {of(4, 1), of(3, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.into
			got.Merge(test.other)
			if got.N != 4 || got.Min != time.Millisecond || got.Max != 4*time.Millisecond || got.Mean() != 2500*time.Microsecond {
				t.Errorf("%+v, mean %v", got, got.Mean())
			}
			if q := got.Quantile(0.5); (q - 2*time.Millisecond).Abs() > 2*time.Microsecond {
				t.Errorf("median %v", q)
			}
		})
	}
	one := of(7)
	if one.Merge(of()); one.N != 1 {
		t.Errorf("%+v", one)
	}
}

// TestTimesRank has as many times as a quick look sends: no fewer than the share may be below the quantile.
func TestTimesRank(t *testing.T) {
	var times Times
	for n := 1; n <= 200; n++ {
		times.Add(time.Duration(n) * time.Millisecond)
		for _, percent := range []int{1, 7, 50, 90, 95, 99, 100} {
			want := time.Duration((percent*n+99)/100) * time.Millisecond
			if got := times.Quantile(float64(percent) / 100); (got - want).Abs() > want/1000 {
				t.Errorf("p%d of %d: %v, want about %v", percent, n, got, want)
			}
		}
	}
}
