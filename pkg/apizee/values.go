package apizee

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// TimeLayout writes a time as the documentation's examples do: RFC 3339 with
// the offset as digits, never as Z.
const TimeLayout = "2006-01-02T15:04:05-07:00"

// dateTimePattern is the shape of a documented date. Which days a month has
// is left to the parser, or to "format" in a JSON Schema.
const dateTimePattern = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])` +
	`T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?` +
	`(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`

var dateTimeRegexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(dateTimePattern) })

func isDateTime(s string) bool {
	if !dateTimeRegexp().MatchString(s) {
		return false
	}
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// Seconds reads a time field: whole seconds since 1970, clamped to the int64
// range. What is no number is 0.
func Seconds(number string) int64 {
	n, err := strconv.ParseInt(number, 10, 64)
	if err == nil || strings.Trim(number, "-0123456789") == "" {
		return n // ParseInt clamps what is out of range
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	const most = 1 << 62
	return int64(min(max(f, -most), most))
}

// isMilliseconds tells a JavaScript clock from a UNIX timestamp: as seconds,
// 100,000,000,000 would be the year 5138.
func isMilliseconds(t int64) bool { return t >= 100_000_000_000 }

func isNumber(raw []byte) bool { return raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9' }

// isText adds a finding unless the value is a string.
func (v *validator) isText(m member, path, noun string) bool {
	if m.raw[0] == '"' {
		return true
	}
	v.add(Error, path, m.offset, describe(m.raw)+", but "+noun+" is a string")
	return false
}

// isInteger adds a finding unless the value is an integer. 1.0 and 1e3 are
// integers to JSON Schema but not to every decoder, hence the notice.
func (v *validator) isInteger(m member, path, noun string) bool {
	switch {
	case !isNumber(m.raw):
		v.add(Error, path, m.offset, describe(m.raw)+", but "+noun+" is an integer")
		return false
	case !isWhole(string(m.raw)):
		v.add(Error, path, m.offset, short(m.raw)+" is not whole, but "+noun+" is an integer")
		return false
	case strings.ContainsAny(string(m.raw), ".eE"):
		v.add(Notice, path, m.offset, short(m.raw)+" is not written as an integer; many decoders refuse it")
	}
	return true
}

// isWhole tells whether a JSON number has no fraction, by its digits alone: an
// exponent may be far too large to compute with.
func isWhole(number string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	digits := whole + fraction
	significant := strings.TrimRight(digits, "0")
	if significant == "" {
		return true
	}
	shift, err := strconv.Atoi("0" + strings.TrimLeft(exponent, "+-"))
	if err != nil {
		shift = len(number) // beyond any number of digits that stands here
	}
	if strings.HasPrefix(exponent, "-") {
		shift = -shift
	}
	return len(fraction)-(len(digits)-len(significant)) <= shift
}

// contains compares exactly, where a float would round 90.000…01 to 90.
func (r Range) contains(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f < r.Min || f > r.Max {
		return false
	}
	if f != r.Min && f != r.Max {
		return true
	}
	exact, ok := new(big.Rat).SetString(number)
	return ok && exact.Cmp(new(big.Rat).SetFloat64(r.Min)) >= 0 && exact.Cmp(new(big.Rat).SetFloat64(r.Max)) <= 0
}

// describe says what a JSON value is.
func describe(raw []byte) string {
	switch jsontext.Kind(raw[0]) {
	case '"':
		return quote(unquote(raw)) + " is a string"
	case 'n':
		return "the value is null"
	case 't', 'f':
		return string(raw) + " is a boolean"
	case '{':
		return "the value is an object"
	case '[':
		return "the value is an array"
	}
	return short(raw) + " is a number"
}

// short is a number that fits into a sentence.
func short(raw []byte) string {
	const most = 40
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}

// article puts "a" or "an" before a noun.
func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

func articles(types []Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = article(string(t))
	}
	return strings.Join(words, " or ")
}
