package generate

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Rate is a number of events per duration. It is two integers, so that there are no
// rounding errors. Count is at most 1,000,000,000 and Per at most 10,000 days.
type Rate struct {
	Count int64
	Per   time.Duration
}

// String formats the rate as ParseRate parses it, such as "500/s", "0.5/s" or "3/5s".
func (r Rate) String() string {
	for _, u := range units {
		for decimals, span := 0, u.span; decimals <= maxDigits; decimals, span = decimals+1, span*10 {
			if span == r.Per {
				return strconv.FormatFloat(float64(r.Count)/math.Pow10(decimals), 'f', -1, 64) + "/" + u.name
			}
		}
	}
	return strconv.FormatInt(r.Count, 10) + "/" + r.Per.String()
}

// PerSecond is the approximate rate as a number.
func (r Rate) PerSecond() float64 { return float64(r.Count) / r.Per.Seconds() }

type unit struct {
	name string
	span time.Duration
}

var units = [...]unit{{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}}

const (
	maxCount  = 1_000_000_000
	maxPer    = 24 * time.Hour
	maxDigits = 4 // decimals
)

var errZeroRate = errors.New("the rate must be greater than zero, such as 2/s")

// ParseRate parses "500/s", "30/m", "0.5/s", "3/5s", and "500", which means 500/s.
// Errors do not include the text.
func ParseRate(s string) (Rate, error) {
	count, per, found := strings.Cut(strings.TrimSpace(s), "/")
	rate, err := parseCount(strings.TrimSpace(count))
	if err != nil {
		return Rate{}, err
	}
	span := time.Second
	if found {
		if span, err = parseSpan(strings.TrimSpace(per)); err != nil {
			return Rate{}, err
		}
	}
	rate.Per *= span
	return rate, nil
}

// parseCount parses a decimal number. Per is 1, or the power of ten that makes Count an
// integer.
func parseCount(s string) (Rate, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	n, err := strconv.ParseUint(whole+fraction, 10, 63)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return Rate{}, errors.New("the rate must start with a number, such as 500/s or 30/m")
	case err != nil || len(fraction) > maxDigits || n > maxCount:
		return Rate{}, fmt.Errorf("the number must be at most %d, with at most %d decimals", maxCount, maxDigits)
	case n == 0:
		return Rate{}, errZeroRate
	}
	return Rate{Count: int64(n), Per: time.Duration(math.Pow10(len(fraction)))}, nil
}

// parseSpan parses the part after the slash: a unit, or a duration such as 5s.
func parseSpan(s string) (time.Duration, error) {
	var names []string
	for _, u := range units {
		if u.name == s {
			return u.span, nil
		}
		names = append(names, u.name)
	}
	if d, err := time.ParseDuration(s); err == nil {
		if d < time.Millisecond || d > maxPer {
			return 0, fmt.Errorf("the duration must be from 1ms to 24h, not %s", s)
		}
		return d, nil
	}
	if near := apizee.Nearest(s, append(names, unitWords()...)); near != "" {
		return 0, fmt.Errorf("%q is not a valid unit of time%s", s, apizee.Suggest(near[:1]))
	}
	return 0, fmt.Errorf("%q is not a valid unit of time; use s, m, h or a duration such as 5s", s)
}

// unitWords are other words for the units. Each begins with the name of its unit.
func unitWords() []string {
	return []string{"sec", "second", "seconds", "min", "minute", "minutes", "hr", "hour", "hours"}
}

// clock is the time of the events in seconds. The fraction of a second is kept in units
// of 1/rate.Count nanoseconds, so that the time does not drift.
type clock struct {
	now     int64
	rate    Rate
	left    int64 // less than a second
	started bool
}

func (c *clock) next() int64 {
	if !c.started {
		c.started = true
		return c.now
	}
	// The limits of a Rate prevent an overflow.
	second := c.rate.Count * int64(time.Second)
	c.left += int64(c.rate.Per)
	c.now += c.left / second
	c.left %= second
	return c.now
}
