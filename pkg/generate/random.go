package generate

import (
	"math/bits"
	"math/rand/v2"
)

// random uses PCG, whose algorithm is fixed. Ranges are computed here, because the
// standard library may change how it does that.
type random struct{ source *rand.PCG }

func newRandom(seed uint64) random {
	// The second half of the seed is an arbitrary constant: the digits of pi.
	const stream = 0x243f6a8885a308d3
	return random{rand.NewPCG(seed, stream)}
}

// below is a number from 0 to n-1. n must be positive.
func (r random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// oneIn returns true once in n calls, on average.
func (r random) oneIn(n int) bool { return r.below(n) == 0 }
