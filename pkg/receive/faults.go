package receive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
)

// Fault is injected into the response to one event. The zero value is none.
type Fault struct {
	Status int  // of the response
	Hang   bool // no response until the sender disconnects
	Reset  bool // the connection is reset instead of a response
}

// Faults select the events that get a fault. Every applies before Share, and both before Hang or
// Reset, which apply to all other events.
type Faults struct {
	Every       int64 // events whose number is a multiple of it; 0 is none
	EveryStatus int

	Share       float64 // of random events, from 0 to 1
	ShareStatus int

	Hang, Reset bool

	Seed uint64 // random seed for Share
}

// Check reports a combination that is not possible.
func (f Faults) Check() error {
	if f.Hang && f.Reset {
		return errors.New("hang and reset cannot be combined")
	}
	return nil
}

// Pick returns the fault of the n-th event, as Options.Fault does. It depends on n and the seed alone,
// however many events are concurrent.
func (f Faults) Pick(n int64) Fault {
	switch {
	case f.Every > 0 && n%f.Every == 0:
		return Fault{Status: f.EveryStatus}
	case f.Share > 0 && f.random(n) < f.Share:
		return Fault{Status: f.ShareStatus}
	}
	return Fault{Hang: f.Hang, Reset: f.Reset}
}

// random returns a number from 0 to just under 1.
func (f Faults) random(n int64) float64 {
	return rand.New(rand.NewPCG(f.Seed, uint64(n))).Float64()
}

// ParseShare parses a share of the events and the status they get: "10%:503". The default status
// is 500.
func ParseShare(s string) (share float64, status int, err error) {
	percent, code, found := cutStatus(s)
	number, isPercent := strings.CutSuffix(percent, "%")
	value, err := strconv.ParseFloat(number, 64)
	if !isPercent || err != nil || !(value > 0 && value <= 100) {
		return 0, 0, fmt.Errorf("%q is not a percentage with an optional status, as in 10%%:503", s)
	}
	status, err = parseStatus(code, found)
	return value / 100, status, err
}

// ParseEvery parses which events fail and the status they get: "5:500" is every fifth. The default
// status is 500.
func ParseEvery(s string) (every int64, status int, err error) {
	count, code, found := cutStatus(s)
	every, err = strconv.ParseInt(count, 10, 64)
	if err != nil || every < 1 {
		return 0, 0, fmt.Errorf("%q is not an integer of 1 or more with an optional status, as in 5:500", s)
	}
	status, err = parseStatus(code, found)
	return every, status, err
}

func cutStatus(s string) (before, status string, found bool) {
	before, status, found = strings.Cut(s, ":")
	return strings.TrimSpace(before), strings.TrimSpace(status), found
}

func parseStatus(s string, given bool) (int, error) {
	if !given {
		return http.StatusInternalServerError, nil
	}
	status, err := strconv.Atoi(s)
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf("%q is not an HTTP status from 200 to 599", s)
	}
	return status, nil
}
