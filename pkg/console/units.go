package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration formats d in a readable way, with two or three digits: "40 µs",
// "0.4 ms", "128 ms", "1.20 s", "12.3 s", "2m03s", "1h02m".
func Duration(d time.Duration) string {
	switch {
	case d == math.MinInt64:
		return Duration(d + 1) // which has no positive counterpart
	case d < 0:
		return "-" + Duration(-d)
	case d == 0:
		return "0 ms"
	case d < time.Microsecond:
		return "<1 µs"
	// Each bound is where rounding would give the first value of the next unit.
	case d < 99500*time.Nanosecond:
		return decimal(float64(d)/float64(time.Microsecond), 0) + " µs"
	case d < 9950*time.Microsecond:
		return decimal(float64(d)/float64(time.Millisecond), 1) + " ms"
	case d < 999500*time.Microsecond:
		return decimal(float64(d)/float64(time.Millisecond), 0) + " ms"
	case d < 9995*time.Millisecond:
		return decimal(d.Seconds(), 2) + " s"
	case d < 59950*time.Millisecond:
		return decimal(d.Seconds(), 1) + " s"
	case d < time.Hour-500*time.Millisecond:
		seconds := int64(math.Round(d.Seconds()))
		return fmt.Sprintf("%dm%02ds", seconds/60, seconds%60)
	}
	minutes := int64(math.Round(d.Minutes()))
	return fmt.Sprintf("%dh%02dm", minutes/60, minutes%60)
}

// decimal formats x with the given number of decimals.
func decimal(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }

// ParseBytes parses a size such as "512", "64KiB" or "1.5 MB". Units with an i are powers
// of 1024, those without one powers of 1000, as in the SI. Case is ignored. The size must
// be at least one byte.
func ParseBytes(s string) (int64, error) {
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	factor, known := byteUnit(strings.ToLower(strings.TrimSpace(s[len(number):])))
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	bytes := value * factor
	if err != nil || !known || !(bytes >= 1 && bytes < math.MaxInt64) {
		return 0, fmt.Errorf("%q is not a valid size; use a form such as 512KiB or 1MiB", s)
	}
	return int64(bytes), nil
}

func byteUnit(unit string) (factor float64, known bool) {
	switch unit {
	case "", "b":
		return 1, true
	case "k", "kb":
		return 1e3, true
	case "m", "mb":
		return 1e6, true
	case "g", "gb":
		return 1e9, true
	case "kib", "ki":
		return 1 << 10, true
	case "mib", "mi":
		return 1 << 20, true
	case "gib", "gi":
		return 1 << 30, true
	}
	return 0, false
}

// Capitalize returns an ASCII text with its first letter in uppercase.
func Capitalize(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// Plural is "1 event" or "2 events".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
