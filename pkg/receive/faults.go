package receive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
)

// Fault is how one event goes wrong on purpose. The zero value is not at all.
type Fault struct {
	Status int  // the answer
	Hang   bool // no answer, until the sender gives up
	Reset  bool // the connection is reset in place of an answer
}

// Faults say which events go wrong. What is rarer counts first: Every before Share, and
// both before Hang or Reset, which are for all the other events.
type Faults struct {
	Every       int64 // the events whose number it divides; 0 is none
	EveryStatus int

	Share       float64 // of the events, from 0 to 1, by chance
	ShareStatus int

	Hang, Reset bool

	Seed uint64 // of that chance
}

// Check says what cannot be.
func (f Faults) Check() error {
	if f.Hang && f.Reset {
		return errors.New("an event cannot both hang and be reset; choose one")
	}
	return nil
}

// Pick is the fault of the n-th event. It depends on nothing but n and the seed, however
// many events come at the same time. Options.Fault takes it.
func (f Faults) Pick(n int64) Fault {
	switch {
	case f.Every > 0 && n%f.Every == 0:
		return Fault{Status: f.EveryStatus}
	case f.Share > 0 && f.chance(n) < f.Share:
		return Fault{Status: f.ShareStatus}
	}
	return Fault{Hang: f.Hang, Reset: f.Reset}
}

// chance is from 0 to just under 1.
func (f Faults) chance(n int64) float64 {
	return rand.New(rand.NewPCG(f.Seed, uint64(n))).Float64()
}

// ParseShare reads a share of the events and the status they get: "10%:503". Without a
// status it is 500.
func ParseShare(s string) (share float64, status int, err error) {
	percent, code, found := cutStatus(s)
	number, isPercent := strings.CutSuffix(percent, "%")
	value, err := strconv.ParseFloat(number, 64)
	if !isPercent || err != nil || !(value > 0 && value <= 100) {
		return 0, 0, fmt.Errorf("%q is not a share of the events with the status they get; write it like 10%%:503", s)
	}
	status, err = parseStatus(code, found)
	return value / 100, status, err
}

// ParseEvery reads which events fail and the status they get: "5:500" is every fifth.
// Without a status it is 500.
func ParseEvery(s string) (every int64, status int, err error) {
	count, code, found := cutStatus(s)
	every, err = strconv.ParseInt(count, 10, 64)
	if err != nil || every < 1 {
		return 0, 0, fmt.Errorf("%q does not say which events fail, and with which status; write it like 5:500 for every fifth", s)
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
