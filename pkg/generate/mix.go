package generate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Mix says how large a share of the events is about each object, in the order of the
// catalog. Only the proportions count; an object that is not in it does not occur.
type Mix []Share

// Share is the weight of one object.
type Share struct {
	Object string
	Weight int
}

// DefaultMix is mostly tickets.
func DefaultMix(c *apizee.Catalog) Mix {
	var mix Mix
	for _, name := range c.ObjectNames() {
		mix = append(mix, Share{name, behaviorOf(name).weight})
	}
	return mix
}

// String is the mix as ParseMix reads it.
func (m Mix) String() string {
	parts := make([]string, len(m))
	for i, s := range m {
		parts[i] = s.Object + "=" + strconv.Itoa(s.Weight)
	}
	return strings.Join(parts, ",")
}

// Weight is that of an object, 0 when it does not occur.
func (m Mix) Weight(object string) int {
	for _, s := range m {
		if s.Object == object {
			return s.Weight
		}
	}
	return 0
}

const maxWeight = 1_000_000

// ParseMix reads "ticket=70,media=20,conversation=10".
func ParseMix(c *apizee.Catalog, s string) (Mix, error) {
	names := c.ObjectNames()
	weights := map[string]int{}
	for part := range strings.SplitSeq(s, ",") {
		name, number, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			return nil, fmt.Errorf("%q is not name=weight; write it like %s", part, DefaultMix(c))
		}
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%q is not a documented object%s", name,
				cmp.Or(apizee.DidYouMean(name, names), "; documented: "+strings.Join(names, ", ")))
		}
		if _, seen := weights[name]; seen {
			return nil, fmt.Errorf("%s is named twice", name)
		}
		weight, err := parseWeight(name, number)
		if err != nil {
			return nil, err
		}
		weights[name] = weight
	}
	var mix Mix
	for _, name := range names {
		if weights[name] > 0 {
			mix = append(mix, Share{name, weights[name]})
		}
	}
	if mix == nil {
		return nil, errors.New("every weight is 0; at least one object must occur")
	}
	return mix, nil
}

func parseWeight(name, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxWeight {
		return 0, fmt.Errorf("the weight of %s, %q, is not a whole number from 0 to %d", name, s, maxWeight)
	}
	return n, nil
}
