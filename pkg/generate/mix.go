package generate

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// kind is one of the documented objects, as its place in the catalog.
type kind int

const (
	ticket kind = iota
	media
	conversation
	kinds // how many there are
)

// Mix says how large a share of the events is about each object, in the order of the
// catalog. Only the proportions count.
type Mix [kinds]int

// DefaultMix is mostly tickets.
func DefaultMix(*apizee.Catalog) Mix { return Mix{ticket: 70, media: 20, conversation: 10} }

// String is the mix as ParseMix reads it.
func (m Mix) String() string {
	var parts []string
	for k, name := range names {
		if m[k] > 0 {
			parts = append(parts, name+"="+strconv.Itoa(m[k]))
		}
	}
	return strings.Join(parts, ",")
}

const maxWeight = 1_000_000

// ParseMix reads "ticket=70,media=20,conversation=10". An object that is not named
// does not occur.
func ParseMix(c *apizee.Catalog, s string) (Mix, error) {
	var mix Mix
	var seen [kinds]bool
	for part := range strings.SplitSeq(s, ",") {
		name, number, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			return Mix{}, fmt.Errorf("%q is not name=weight; write it like %s", part, DefaultMix(c))
		}
		k, err := lookupKind(c, name)
		if err != nil {
			return Mix{}, err
		}
		if seen[k] {
			return Mix{}, fmt.Errorf("%s is named twice", name)
		}
		seen[k] = true
		if mix[k], err = parseWeight(name, number); err != nil {
			return Mix{}, err
		}
	}
	if mix.sum() == 0 {
		return Mix{}, errors.New("every weight is 0; at least one object must occur")
	}
	return mix, nil
}

func lookupKind(c *apizee.Catalog, name string) (kind, error) {
	names := c.ObjectNames()
	for k, known := range names {
		if known == name {
			return kind(k), nil
		}
	}
	return 0, fmt.Errorf("%q is not a documented object%s", name,
		cmp.Or(apizee.DidYouMean(name, names), "; documented: "+strings.Join(names, ", ")))
}

func parseWeight(name, s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxWeight {
		return 0, fmt.Errorf("the weight of %s, %q, is not a whole number from 0 to %d", name, s, maxWeight)
	}
	return n, nil
}

func (m Mix) sum() int {
	total := 0
	for _, weight := range m {
		total += weight
	}
	return total
}
