package scenario

import (
	"errors"
	"fmt"
	"time"
)

// delay is a duration, or an expression that makes one when a step begins.
type delay struct {
	fixed time.Duration
	text  string
}

func (d delay) isSet() bool { return d.text != "" || d.fixed != 0 }

func (d delay) value(e *engine) (time.Duration, error) {
	if d.text == "" {
		return d.fixed, nil
	}
	text, err := e.text(d.text)
	if err != nil {
		return 0, err
	}
	return parseDelay(text)
}

// limit is the value of a delay that something has to happen within.
func (d delay) limit(e *engine) (time.Duration, error) {
	within, err := d.value(e)
	if err == nil && within == 0 && d.isSet() {
		return 0, errNoTime
	}
	return within, err
}

// errNoTime is about a limit of 0s, which might be taken for none.
var errNoTime = errors.New("within: nothing happens within 0s; leave it out for no limit")

func parseDelay(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is not a duration; write it as 250ms, 2s or 1m30s", quote(text))
	case d < 0:
		return 0, fmt.Errorf("%s is negative", quote(text))
	case d > maxDelay:
		return 0, fmt.Errorf("%s is longer than %s", quote(text), maxDelay)
	}
	return d, nil
}
