package generate

import (
	"strconv"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// A ticket is opened, located, done and closed, or declined. Two of three have a
// position, which changes while the ticket is in progress.
func ticketBehavior() behavior {
	return behavior{
		weight: 70, most: 48, life: ticketLife(),
		born: func(s *Stream, e *entity) { e.located, e.place = !s.random.oneIn(3), s.city() },
		values: map[string]value{
			apizee.PropLatitude:  func(dst []byte, m moment) []byte { return m.appendPosition(dst, m.of.place.lat) },
			apizee.PropLongitude: func(dst []byte, m moment) []byte { return m.appendPosition(dst, m.of.place.lng) },
		},
	}
}

func ticketLife() life {
	return life{
		{state: apizee.StateNew, next: []step{{apizee.StateInvited, 55}, {apizee.StateOpen, 35}, {apizee.StateExpired, 5}, {apizee.StateRejected, 5}}},
		{state: apizee.StateInvited, next: []step{{apizee.StateOpened, 76}, {apizee.StateDeclined, 12}, {apizee.StateExpired, 12}}},
		{state: apizee.StateOpen, next: []step{{apizee.StateOpened, 70}, {apizee.StateUpdated, 20}, {apizee.StateRejected, 10}}},
		{state: apizee.StateOpened, next: []step{{apizee.StateInProgress, 90}, {apizee.StateUpdated, 6}, {apizee.StateRejected, 4}}},
		{state: apizee.StateUpdated, next: []step{{apizee.StateInProgress, 70}, {apizee.StateDone, 30}}},
		{state: apizee.StateInProgress, next: []step{{apizee.StateInProgress, 45}, {apizee.StateUpdated, 20}, {apizee.StateDone, 35}}},
		{state: apizee.StateDone, next: []step{{apizee.StateClosed, 1}}},
		{state: apizee.StateClosed},
		{state: apizee.StateDeclined},
		{state: apizee.StateExpired},
		{state: apizee.StateRejected},
	}
}

// appendPosition writes a coordinate while the ticket is in progress.
func (m moment) appendPosition(dst []byte, millionths int) []byte {
	if !m.of.located || m.stage.state != apizee.StateUpdated && m.stage.state != apizee.StateInProgress {
		return dst
	}
	return appendDegrees(dst, millionths)
}

// position is in millionths of a degree.
type position struct{ lat, lng int }

const degree = 1_000_000

// city is a starting position within a few kilometers of the center of a city.
func (s *Stream) city() position {
	const around = degree / 20
	return s.shift(cities[s.random.below(len(cities))], around)
}

var cities = [...]position{
	{47_866675, -3_865805}, // the documented example, in Brittany
	{48_650033, -3_365540},
	{48_856614, 2_352222},
	{45_764043, 4_835659},
	{43_296482, 5_369780},
	{44_837789, -579180},
	{50_629250, 3_057256},
	{48_573405, 7_752111},
	{-20_882057, 55_450675},
}

// nearby is another position a short distance away.
func (s *Stream) nearby(p position) position {
	const step = degree / 2000
	to := s.shift(p, step)
	if to == p {
		to.lat++
	}
	return to
}

func (s *Stream) shift(p position, most int) position {
	p.lat += s.random.below(2*most+1) - most
	p.lng += s.random.below(2*most+1) - most
	return p
}

// appendDegrees writes millionths of a degree as the shortest decimal number.
func appendDegrees(dst []byte, millionths int) []byte {
	if millionths < 0 {
		dst = append(dst, '-')
		millionths = -millionths
	}
	dst = strconv.AppendInt(dst, int64(millionths/degree), 10)
	rest := millionths % degree
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := degree / 10; rest > 0; unit /= 10 {
		dst = append(dst, byte('0'+rest/unit))
		rest %= unit
	}
	return dst
}
