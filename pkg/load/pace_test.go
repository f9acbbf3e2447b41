package load

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

func TestPace(t *testing.T) {
	perSecond := func(n int64) generate.Rate { return generate.Rate{Count: n, Per: time.Second} }
	tests := map[string]struct {
		pace     Pace
		requests uint64
		due      map[uint64]time.Duration
	}{
		"constant": {Constant(perSecond(4), 2*time.Second), 8,
			map[uint64]time.Duration{0: 0, 1: 250 * time.Millisecond, 7: 1750 * time.Millisecond}},
		"slow": {Constant(generate.Rate{Count: 1, Per: 5 * time.Second}, 12*time.Second), 3,
			map[uint64]time.Duration{2: 10 * time.Second}},
		"less than one": {Constant(generate.Rate{Count: 1, Per: time.Hour}, time.Second), 1, map[uint64]time.Duration{0: 0}},
		"enormous":      {Constant(perSecond(1_000_000_000), 24*time.Hour), 86_400_000_000_000, map[uint64]time.Duration{0: 0}},
		"ramp up": {Pace{perSecond(1), perSecond(3), 4 * time.Second}, 8,
			map[uint64]time.Duration{0: 0, 3: 2 * time.Second, 8: 4 * time.Second}},
		"ramp down": {Pace{perSecond(3), perSecond(1), 4 * time.Second}, 8,
			map[uint64]time.Duration{0: 0, 5: 2 * time.Second, 8: 4 * time.Second}},
		"no time": {Constant(perSecond(4), 0), 0, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.pace.Requests(); got != test.requests {
				t.Errorf("%d requests, want %d", got, test.requests)
			}
			for n, want := range test.due {
				if got := test.pace.due(n); (got - want).Abs() > time.Microsecond {
					t.Errorf("request %d is due at %v, want %v", n, got, want)
				}
			}
		})
	}
}

func TestPacer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var slept time.Duration
	p := pacer{ctx: ctx, pace: Constant(generate.Rate{Count: 2, Per: time.Second}, 5*time.Second), total: 10,
		sleep: func(ctx context.Context, d time.Duration) error {
			slept = d
			return ctx.Err()
		}}
	steps := []struct {
		elapsed time.Duration
		hits    uint64
		slept   time.Duration
		stop    bool
	}{
		{0, 0, 0, false},
		{100 * time.Millisecond, 1, 400 * time.Millisecond, false},
		{3 * time.Second, 2, 0, false}, // late: at once
		{4 * time.Second, 10, 0, true},
		{5 * time.Second, 9, 0, false},
		{6 * time.Second, 9, 0, true},
	}
	for _, s := range steps {
		slept = 0
		if wait, stop := p.Pace(s.elapsed, s.hits); wait != 0 || stop != s.stop || slept != s.slept {
			t.Errorf("after %v and %d: waits %v, slept %v, stops %t", s.elapsed, s.hits, wait, slept, stop)
		}
	}
	cancel()
	for _, elapsed := range []time.Duration{0, time.Second} {
		if _, stop := p.Pace(elapsed, 1); !stop {
			t.Error("does not stop with its context")
		}
	}
}

func TestParseRamp(t *testing.T) {
	got, err := ParseRamp("1/s..500/s", time.Minute)
	want := Pace{generate.Rate{Count: 1, Per: time.Second}, generate.Rate{Count: 500, Per: time.Second}, time.Minute}
	if err != nil || got != want || got.Mean() != 250.5 {
		t.Errorf("got %+v, %v", got, err)
	}
	for in, want := range map[string]string{
		"":          "must be the first and the last rate, such as 1/s..500/s",
		"1/s":       "must be the first and the last rate",
		"0..5":      "the rate must be greater than zero",
		"1/s..fast": "must start with a number",
		"1/s..2/x":  "not a valid unit of time",
	} {
		if _, err := ParseRamp(in, time.Minute); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want it to say %q", in, err, want)
		}
	}
}
