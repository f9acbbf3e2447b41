package apizee

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/jsonscan"
)

// TimeLayout writes a time as the documentation's examples do: RFC 3339 with
// the offset as digits, never as Z.
const TimeLayout = "2006-01-02T15:04:05-07:00"

// IsDateTime reports whether s is a date as documented: RFC 3339 with a capital
// T, and Z or a numeric offset. time.Parse alone accepts more: an hour of one
// digit, a comma for the point, an offset of 25 hours.
func IsDateTime(s string) bool {
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		return false
	}
	const hour = len("2006-01-02T15")
	return s[hour] == ':' && !strings.Contains(s, ",") && (strings.HasSuffix(s, "Z") || isOffset(s[len(s)-len("07:00"):]))
}

func isOffset(s string) bool { return s[:2] <= "23" && s[3:] <= "59" }

// Seconds reads a time field: seconds since 1970, clamped to the int64 range.
// Text that is not a number is 0.
func Seconds(number string) int64 {
	n, err := strconv.ParseInt(number, 10, 64)
	if err == nil || strings.Trim(number, "-0123456789") == "" {
		return n // ParseInt clamps what is out of range
	}
	f, err := strconv.ParseFloat(number, 64)
	switch {
	case math.IsNaN(f), err != nil && !errors.Is(err, strconv.ErrRange):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// IsMilliseconds reports whether a time is too large for seconds, so that it is
// probably from a clock that counts milliseconds: as seconds, 253,402,300,800 is
// the year 10000.
func IsMilliseconds(t int64) bool { return t >= 253_402_300_800 }

func isNumber(json string) bool { return json[0] == '-' || '0' <= json[0] && json[0] <= '9' }

// isText adds a finding unless the value is a string.
func (v *validator) isText(m *member, s subject) bool {
	if m.json[0] == '"' {
		return true
	}
	v.mustBe("a string", s.path(), m)
	return false
}

// isInteger adds a finding unless the value is an integer. 1.0 and 1e3 are
// integers to JSON Schema but not to every decoder, hence the warning.
func (v *validator) isInteger(m *member, s subject) bool {
	switch {
	case !isNumber(m.json) || !IsWhole(m.json):
		v.mustBe("an integer", s.path(), m)
		return false
	case !isPlain(m.json):
		v.add(Warning, s.path(), m.offset, short(m.json)+" is not written as an integer; many decoders reject it")
	}
	return true
}

// isPlain reports whether a JSON number has neither a decimal point nor an exponent.
func isPlain(number string) bool {
	for i := range len(number) {
		if c := number[i]; c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	return true
}

// contains reports whether a JSON number is in the range, comparing all its digits.
func (r Range) contains(number string) bool {
	// Only a number that rounds to a bound needs its digits compared.
	if f, err := strconv.ParseFloat(number, 64); err == nil && f != r.Min && f != r.Max {
		return r.Min < f && f < r.Max
	}
	text := func(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }
	return CompareNumbers(number, text(r.Min)) >= 0 && CompareNumbers(number, text(r.Max)) <= 0
}

// mustBe adds an error about a value that is not what it must be.
func (v *validator) mustBe(what, path string, m *member) {
	v.add(Error, path, m.offset, mustBe(what, m.json))
}

func mustBe(what, json string) string {
	switch jsontext.Kind(json[0]) {
	case '"':
		json = "the string " + quote(jsonscan.Unquote(json))
	case '{':
		json = "an object"
	case '[':
		json = "an array"
	default:
		json = short(json)
	}
	return "must be " + what + ", not " + json
}

// short cuts a number to a length that fits into a sentence.
func short(number string) string { return Clip(number, 40) }

// Article puts "a" or "an" before a noun, as it is pronounced: "an smsmessage".
func Article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") || strings.HasPrefix(noun, "sms") {
		return "an " + noun
	}
	return "a " + noun
}

func articles(types []Type) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = Article(string(t))
	}
	return strings.Join(words, " or ")
}

// partlyDocumented is the message about a word that is on other Apizee pages only.
func partlyDocumented(word, noun string) string {
	return quote(word) + " is a partly documented " + noun + " (on other Apizee pages only)"
}
