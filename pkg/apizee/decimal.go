package apizee

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// decimal is a JSON number with all its digits, where a float would round 90.000…01 to 90,
// and whatever its exponent, which may be far too large to compute with. It is
// ±0.DIGITS × 10^exponent, the digits without zeros at both ends; 0 has none.
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

// shift is the exponent that a number is written with. One out of all reason is held within
// bounds that nobody's digits make up for.
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

// IsWhole says whether a JSON number has no fraction.
func IsWhole(number string) bool {
	d := parseDecimal(number)
	return len(d.digits) <= d.exponent || d.digits == ""
}

// CompareNumbers compares two JSON numbers exactly: it is -1 where a is the smaller one, 0
// where they are the same, such as 1 and 1.0, else 1.
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
