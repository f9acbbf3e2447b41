package shape

import (
	"math/bits"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// Format is the form of a text.
type Format int

const (
	Free Format = iota // none of the others
	UUID
	UID // groups of hexadecimal digits, such as 734e3a7b-eb17-4d3f-901d-bcff178b
	DateTime
	Email
	Phone
	URI
	Digits
	numFormats = iota
)

// String returns the name of a format, as JSON Schema has it if it has one.
func (f Format) String() string {
	return [numFormats]string{"text", "uuid", "uid", "date-time", "email", "phone", "uri", "digits"}[f]
}

// Formats is a set of formats.
type Formats uint16

func (s Formats) with(f Format) Formats { return s | 1<<f }
func (s Formats) has(f Format) bool     { return s&(1<<f) != 0 }

// only returns the format of a set with one.
func (s Formats) only() (Format, bool) {
	return Format(bits.TrailingZeros16(uint16(s))), bits.OnesCount16(uint16(s)) == 1
}

func (s Formats) names() []string {
	var names []string
	for f := range Format(numFormats) {
		if s.has(f) {
			names = append(names, f.String())
		}
	}
	return names
}

// String returns the names of a set.
func (s Formats) String() string { return strings.Join(s.names(), " or ") }

// parseFormat returns the format of a name.
func parseFormat(name string) (Format, bool) {
	for f := range Format(numFormats) {
		if f.String() == name {
			return f, true
		}
	}
	return Free, false
}

// FormatOf returns the format of a text.
func FormatOf(text string) Format {
	if len(text) < 5 || len(text) > 2048 {
		if isDigits(text) {
			return Digits
		}
		return Free
	}
	switch {
	case isDigits(text):
		if text[0] == '0' && len(text) >= 9 && len(text) <= 15 {
			return Phone
		}
		return Digits
	case isHexGroups(text, 8, 4, 4, 4, 12):
		return UUID
	case isUID(text):
		return UID
	case isDateTime(text):
		return DateTime
	case isEmail(text):
		return Email
	case isPhone(text):
		return Phone
	case isURI(text):
		return URI
	}
	return Free
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i] | 0x20; (text[i] < '0' || text[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return text != ""
}

// isHexGroups reports whether a text is groups of hexadecimal digits of these lengths, with
// hyphens between them.
func isHexGroups(text string, lengths ...int) bool {
	for i, n := range lengths {
		if len(text) < n || !isHex(text[:n]) {
			return false
		}
		text = text[n:]
		if i == len(lengths)-1 {
			return text == ""
		}
		if text == "" || text[0] != '-' {
			return false
		}
		text = text[1:]
	}
	return false
}

// isUID reports whether a text is 16 hexadecimal digits or more, in groups or not.
func isUID(text string) bool {
	digits := 0
	for group := range strings.SplitSeq(text, "-") {
		if len(group) < 4 || !isHex(group) {
			return false
		}
		digits += len(group)
	}
	return digits >= 16
}

// isDateTime reports whether a text is a time as RFC 3339 has it. Most texts are not.
func isDateTime(text string) bool {
	const date = len("2006-01-02")
	return len(text) > date && text[4] == '-' && text[date] == 'T' && apizee.IsDateTime(text)
}

// isEmail reports whether a text is an address such as a.b@example.com.
func isEmail(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	return found && local != "" && len(local) <= 64 && only(local, "!#$%&'*+-/=?^_`{|}~.") &&
		!strings.HasPrefix(local, ".") && !strings.HasSuffix(local, ".") && !strings.Contains(local, "..") && isHost(domain)
}

// isHost reports whether a text is a domain name with two parts or more.
func isHost(text string) bool {
	parts := 0
	for part := range strings.SplitSeq(text, ".") {
		if part == "" || len(part) > 63 || !only(part, "-") || part[0] == '-' || part[len(part)-1] == '-' {
			return false
		}
		parts++
	}
	return parts > 1 && len(text) < 254
}

// only reports whether a text has ASCII letters, digits and the given characters only.
func only(text, others string) bool {
	for i := range len(text) {
		c := text[i]
		isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !isLetter && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// isPhone reports whether a text is a phone number: digits after a plus sign, or with the usual
// separators.
func isPhone(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
		case c == '+' && i == 0, strings.IndexByte(" .-/()", c) >= 0:
		default:
			return false
		}
	}
	return digits >= 7 && digits <= 15 && (text[0] == '+' || text[0] == '0' || text[0] == '(')
}

// isURI reports whether a text begins as a URL does.
func isURI(text string) bool {
	scheme, rest, found := strings.Cut(text, "://")
	return found && rest != "" && scheme != "" && len(scheme) < 16 && only(scheme, "+-.") && !strings.ContainsAny(rest, " \t\r\n")
}
