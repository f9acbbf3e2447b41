package generate

import "time"

// clock is the events' own time in whole seconds. What is left of a second is kept in
// units of 1/rate.Count nanoseconds, so that the time never drifts.
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
	// The bounds of a Rate keep this well below the largest integer.
	second := c.rate.Count * int64(time.Second)
	c.left += int64(c.rate.Per)
	c.now += c.left / second
	c.left %= second
	return c.now
}
