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

// Mix is the share of each object in the events, in the order of the catalog. Only the
// proportions count; an object that is not in the mix does not occur.
type Mix []Share

// Share is the weight of one object.
type Share struct {
	Object string
	Weight int
}

// DefaultMix is mostly tickets. It has no partly documented objects.
func DefaultMix(c *apizee.Catalog) Mix {
	var mix Mix
	for _, name := range c.DocumentedNames() {
		mix = append(mix, Share{name, behaviorOf(name).weight})
	}
	return mix
}

// String formats the mix as ParseMix parses it.
func (m Mix) String() string {
	parts := make([]string, len(m))
	for i, s := range m {
		parts[i] = s.Object + "=" + strconv.Itoa(s.Weight)
	}
	return strings.Join(parts, ",")
}

// Weight is the weight of an object, 0 if it does not occur.
func (m Mix) Weight(object string) int {
	for _, s := range m {
		if s.Object == object {
			return s.Weight
		}
	}
	return 0
}

const maxWeight = 1_000_000

// ParseMix parses "ticket=70,media=20,conversation=10".
func ParseMix(c *apizee.Catalog, s string) (Mix, error) {
	names := c.ObjectNames()
	weights := map[string]int{}
	for part := range strings.SplitSeq(s, ",") {
		name, number, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			return nil, fmt.Errorf("%q is not of the form name=weight, such as %s", part, DefaultMix(c))
		}
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%q is not a documented object%s", name,
				cmp.Or(apizee.DidYouMean(name, names), "; documented: "+strings.Join(names, ", ")))
		}
		if _, seen := weights[name]; seen {
			return nil, fmt.Errorf("%s is given twice", name)
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
		return nil, errors.New("every weight is 0; at least one must be greater")
	}
	return mix, nil
}

func parseWeight(name, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxWeight {
		return 0, fmt.Errorf("the weight of %s must be an integer from 0 to %d, not %q", name, maxWeight, s)
	}
	return n, nil
}
