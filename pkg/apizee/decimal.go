package apizee

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// decimal is a JSON number with all its digits, because a float would round 90.000…01
// to 90, and with any exponent, even one too large to compute with. Its value is
// ±0.DIGITS × 10^exponent; digits have no leading or trailing zeros, and 0 has none.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

func parseDecimal(number string) decimal {
	number, negative := strings.CutPrefix(number, "-")
	mantissa, exponent := number, ""
	if e := strings.IndexAny(number, "eE"); e >= 0 {
		mantissa, exponent = number[:e], number[e+1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d := decimal{negative, strings.TrimRight(digits, "0"), len(digits) - len(fraction) + shift(exponent)}
	if d.digits == "" {
		return decimal{}
	}
	return d
}

// shift parses the exponent of a number. A huge one is clamped to bounds that no
// number of digits can offset.
func shift(exponent string) int {
	const most = math.MaxInt32
	n, err := strconv.ParseInt(cmp.Or(exponent, "0"), 10, 64)
	if err != nil && strings.HasPrefix(exponent, "-") {
		return -most
	}
	if err != nil {
		return most
	}
	return int(min(max(n, -most), most))
}

// IsWhole reports whether a JSON number has no fraction.
func IsWhole(number string) bool {
	if isPlain(number) {
		return true // true of most
	}
	d := parseDecimal(number)
	return len(d.digits) <= d.exponent || d.digits == ""
}

// CompareNumbers compares two JSON numbers exactly. It returns -1 if a < b, 0 if they
// are equal, as 1 and 1.0 are, else 1.
func CompareNumbers(a, b string) int {
	x, y := parseDecimal(a), parseDecimal(b)
	if x.sign() != y.sign() {
		return cmp.Compare(x.sign(), y.sign())
	}
	return x.sign() * cmp.Or(cmp.Compare(x.exponent, y.exponent), cmp.Compare(x.digits, y.digits))
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}
