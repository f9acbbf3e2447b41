package redact

import (
	"fmt"
	"strings"
)

// Pseudonyms of phone numbers are of ranges that no person has: those that a country reserves for
// films, or, where we know of none, numbers that start with zeros, which cannot be dialed. What is in
// such a range stays, which makes scrubbing idempotent; different numbers may become the same one.

// isPhone reports whether a text is a phone number: international with + or 00, in a country that has a
// 0 before the number, or as (415) 555-0123.
func isPhone(text string) bool {
	digits, ok := phoneDigits(text)
	switch n := len(digits); {
	case !ok:
		return false
	case text[0] == '+':
		return 8 <= n && n <= 15 && digits[0] != '0'
	case strings.HasPrefix(digits, "00"):
		return 10 <= n && n <= 17
	case digits[0] == '0':
		return 9 <= n && n <= 11
	}
	return text[0] == '(' && len(digits) == 10
}

// phoneDigits returns the digits of a text that is made of what a phone number is made of.
func phoneDigits(text string) (digits string, ok bool) {
	const longest = 40
	if len(text) > longest {
		return "", false
	}
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case isDigitByte(c):
			b.WriteByte(c)
		case c == '+' && i > 0 || !strings.ContainsRune("+ .-()/", rune(c)):
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// phone returns the pseudonym of a phone number, in the same notation.
func (k *secretKey) phone(text string) string {
	digits, _ := phoneDigits(text)
	start, country := 0, ""
	switch {
	case text[0] == '+':
		country = countryCode(digits)
		start = len(country)
	case strings.HasPrefix(digits, "00"):
		country = countryCode(digits[2:])
		start = 2 + len(country)
	case text[0] == '(':
		country = "1"
	default:
		start = 1
		if len(digits) == 10 {
			country = "33"
		}
	}
	digits = digits[:start] + k.reservedPhone(country, digits[start:])
	out := []byte(text)
	for i, next := 0, 0; i < len(out); i++ {
		if isDigitByte(out[i]) {
			out[i] = digits[next]
			next++
		}
	}
	return string(out)
}

// countryCode returns the country code at the start of an international number.
func countryCode(digits string) string {
	switch digits[0] {
	case '1', '7':
		return digits[:1]
	}
	for two := range strings.FieldsSeq("20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98") {
		if strings.HasPrefix(digits, two) {
			return two
		}
	}
	return digits[:3]
}

// reservedPhone returns a number, without its country code, that no person has.
func (k *secretKey) reservedPhone(country, number string) string {
	prefix := "00"
	switch {
	case country == "33" && len(number) == 9: // ARCEP, decision 2018-0881
		switch number[0] {
		case '1':
			prefix = "19900"
		case '2':
			prefix = "26191"
		case '3':
			prefix = "35301"
		case '4':
			prefix = "46571"
		case '5':
			prefix = "53649"
		default:
			prefix = "63998"
		}
	case country == "44" && len(number) == 10: // Ofcom, numbers for drama
		prefix = "2079460"
		if number[0] == '7' {
			prefix = "7700900"
		}
	case country == "1" && len(number) == 10: // NANPA, 555-0100 to 555-0199
		if number[3:8] == "55501" {
			return number
		}
		areas := []string{"202", "212", "305", "312", "415", "503", "617", "713"}
		prefix = areas[k.number("area", number, uint64(len(areas)))] + "55501"
	}
	if strings.HasPrefix(number, prefix) {
		return number
	}
	rest := max(0, len(number)-len(prefix))
	modulus := uint64(1)
	for range rest {
		modulus *= 10
	}
	return fmt.Sprintf("%s%0*d", prefix, rest, k.number("phone", country+" "+number, modulus))[:len(number)]
}
