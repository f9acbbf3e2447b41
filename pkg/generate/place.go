package generate

import "strconv"

// position is in millionths of a degree.
type position struct{ lat, lng int }

const degree = 1_000_000

// city is a place to start from, a few kilometres around the middle of a town.
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

// nearby is where somebody is a little later who walks or drives through a town.
func (s *Stream) nearby(p position) position {
	const step = degree / 2000
	return s.shift(p, step)
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
