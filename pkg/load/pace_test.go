package load

import (
	"math"
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
		"impossible":    {Constant(generate.Rate{Count: 1_000_000_000, Per: time.Millisecond}, math.MaxInt64), 1 << 62, map[uint64]time.Duration{0: 0}},
		"not whole":     {Constant(generate.Rate{Count: 3, Per: 7 * time.Second}, 7*time.Hour+time.Nanosecond), 10801, nil},
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

func TestParseRamp(t *testing.T) {
	got, err := ParseRamp("1/s..500/s", time.Minute)
	want := Pace{generate.Rate{Count: 1, Per: time.Second}, generate.Rate{Count: 500, Per: time.Second}, time.Minute}
	if err != nil || got != want {
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
