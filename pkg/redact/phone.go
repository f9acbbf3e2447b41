package redact

import (
	"fmt"
	"strings"
)

// Pseudonyms of phone numbers are of ranges that no person has. What is in one that a country reserves for
// films stays, which makes scrubbing idempotent. Where we know of none, a pseudonym starts with zeros, which
// cannot be dialed. So do other numbers that are filled up with zeros: such a one does not stay, and is
// replaced again. Different numbers may become the same one.

// phoneNumber is a phone number in digits.
type phoneNumber struct {
	prefix  string // what stays, such as +33, 0033, and 0 within a country
	country string // the code of the country, if it is known
	number  string // the rest
}

// parsePhone reads a phone number: international with + or 00, in a country that has a 0 before the number,
// or as (415) 555-0123.
func parsePhone(text string) (p phoneNumber, ok bool) {
	digits, ok := phoneDigits(text)
	if !ok {
		return p, false
	}
	isGrouped := len(digits) < len(text)
	switch n := len(digits); {
	case text[0] == '+':
		if n < 8 || n > 15 || digits[0] == '0' {
			return p, false
		}
		return international("", digits), true
	case strings.HasPrefix(digits, "000"): // a pseudonym, in a country that is not known
		return phoneNumber{"0", "", digits[1:]}, n == 9 && isGrouped
	case strings.HasPrefix(digits, "00"): // or a number that is filled up with zeros, which often has fewer digits
		if n < 12 || n > 15 {
			return p, false
		}
		p = international("00", digits[2:])
		_, reserved := p.reserved()
		return p, reserved != "" || p.country != "1" && p.country != "33" && p.country != "44"
	case n == 10 && digits[0] == '0':
		return phoneNumber{"0", "33", digits[1:]}, true
	case n == 11 && digits[0] == '0':
		return phoneNumber{"0", "44", digits[1:]}, true
	case n == 9 && digits[0] == '0':
		return phoneNumber{"0", "", digits[1:]}, isGrouped
	default:
		return phoneNumber{"", "1", digits}, n == 10 && text[0] == '(' && strings.Contains(text, ")")
	}
}

func isPhone(text string) bool {
	if strings.IndexByte("+0(", text[0]) < 0 {
		return false
	}
	_, ok := parsePhone(text)
	return ok
}

// international reads what follows + or 00. The 0 of +33 (0)6 12 34 56 78 is not part of the number.
func international(prefix, digits string) phoneNumber {
	country := countryCode(digits)
	p := phoneNumber{prefix + country, country, digits[len(country):]}
	if p.number[0] == '0' {
		domestic := phoneNumber{p.prefix + "0", country, p.number[1:]}
		if _, reserved := domestic.reserved(); reserved != "" {
			return domestic
		}
	}
	return p
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
	p, _ := parsePhone(text)
	digits := p.prefix + k.phoneNumber(p)
	out := []byte(text)
	for i, next := 0, 0; i < len(out); i++ {
		if isDigitByte(out[i]) {
			out[i] = digits[next]
			next++
		}
	}
	return string(out)
}

// phoneNumber returns a number that no person has.
func (k *secretKey) phoneNumber(p phoneNumber) string {
	area, reserved := p.reserved()
	switch {
	case p.isReserved():
		return p.number
	case reserved == "" && strings.HasPrefix(p.number, "00"):
		return "00" + k.fraction(p.number[len("00"):])
	case reserved == "":
		reserved = "00"
	case area != "":
		areas := []string{"202", "212", "305", "312", "415", "503", "617", "713"}
		area = areas[k.number("area", p.number, uint64(len(areas)))]
	}
	rest := len(p.number) - len(area+reserved)
	return fmt.Sprintf("%s%s%0*d", area, reserved, rest, k.number("phone", p.country+" "+p.number, pow10(rest)))
}

// isReserved reports whether a number is one that a country reserves.
func (p phoneNumber) isReserved() bool {
	area, reserved := p.reserved()
	return reserved != "" && strings.HasPrefix(p.number[len(area):], reserved)
}

// reserved returns the first digits of the range that a country reserves for films, among the numbers that are
// like this one, and the area code before them. They are empty where we know of none.
func (p phoneNumber) reserved() (area, first string) {
	n := len(p.number)
	switch {
	case p.number[0] == '0':
	case p.country == "33" && n == 9: // ARCEP, decision 2018-0881
		switch p.number[0] {
		case '1':
			return "", "19900"
		case '2':
			return "", "26191"
		case '3':
			return "", "35301"
		case '4':
			return "", "46571"
		case '5':
			return "", "53649"
		}
		return "", "63998"
	case p.country == "44" && n == 10: // Ofcom, numbers for drama
		if p.number[0] == '7' {
			return "", "7700900"
		}
		return "", "2079460"
	case p.country == "1" && n == 10: // NANPA, 555-0100 to 555-0199
		return p.number[:3], "55501"
	}
	return "", ""
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
