package load

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/generate"
)

// Pace says when each request of a load is due.
type Pace struct {
	From, To generate.Rate // the same unless it is a ramp
	Duration time.Duration
}

// Constant is a pace that does not change.
func Constant(rate generate.Rate, duration time.Duration) Pace {
	return Pace{From: rate, To: rate, Duration: duration}
}

// String returns the rate and the duration.
func (p Pace) String() string {
	if p.From == p.To {
		return fmt.Sprintf("%s for %s", p.From, p.Duration)
	}
	return fmt.Sprintf("%s to %s for %s", p.From, p.To, p.Duration)
}

// ParseRamp parses "1/s..500/s": the rates at the beginning and at the end. Errors do not
// include the whole text.
func ParseRamp(s string, duration time.Duration) (Pace, error) {
	from, to, found := strings.Cut(s, "..")
	if !found {
		return Pace{}, errors.New("must be the first and the last rate, such as 1/s..500/s")
	}
	first, err := generate.ParseRate(from)
	if err != nil {
		return Pace{}, fmt.Errorf("%q: %w", from, err)
	}
	last, err := generate.ParseRate(to)
	if err != nil {
		return Pace{}, fmt.Errorf("%q: %w", to, err)
	}
	return Pace{From: first, To: last, Duration: duration}, nil
}

// Requests returns how many requests are due in the whole load. The first is due immediately, so the
// number is rounded up.
func (p Pace) Requests() uint64 {
	const most = 1 << 62 // more than can be sent
	in := func(r generate.Rate) float64 { return float64(p.Duration) * float64(r.Count) / float64(r.Per) }
	if p.Duration <= 0 {
		return 0
	}
	return uint64(min(math.Ceil((in(p.From)+in(p.To))/2), most))
}

// due returns when request n, counted from 0, is due. It is computed from n rather than from
// the previous request, so that rounding errors do not accumulate.
func (p Pace) due(n uint64) time.Duration {
	first, last := p.From.PerSecond(), p.To.PerSecond()
	if first == last {
		return time.Duration(float64(n) / float64(p.From.Count) * float64(p.From.Per))
	}
	// The rate grows by a in each second: n = first·t + a·t²/2.
	a := (last - first) / p.Duration.Seconds()
	root := math.Sqrt(max(first*first+2*a*float64(n), 0))
	return time.Duration((root - first) / a * float64(time.Second))
}
