package redact

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is what a value looks like, which decides about its pseudonym.
type Kind string

// The kinds of values.
const (
	KindEmpty    Kind = "empty"
	KindInteger  Kind = "integer" // digits, perhaps with a sign
	KindDecimal  Kind = "decimal" // a number with a fraction or an exponent; as a text, 7e655 may be a code
	KindPosition Kind = "position"
	KindDate     Kind = "date"
	KindDateTime Kind = "date-time"
	KindUUID     Kind = "uuid"
	KindUID      Kind = "uid" // other groups of hexadecimal digits
	KindEmail    Kind = "email"
	KindPhone    Kind = "phone"
	KindURI      Kind = "uri"
	KindIP       Kind = "ip"
	KindToken    Kind = "token" // a long run of letters and digits
	KindText     Kind = "text"

	KindName       Kind = "name"       // of a member, which is data
	KindSecret     Kind = "secret"     // the value of a header whose name says so, or a masked value
	KindDocumented Kind = "documented" // a word of the documentation
)

// Replacement says by what the values of a kind are replaced.
type Replacement struct {
	Kind Kind
	By   string
}

// Replacements returns what the kinds of values are replaced by.
func Replacements() []Replacement {
	return []Replacement{
		{KindInteger, "an integer with as many digits, different for different integers; zero stays, as do leading zeros"},
		{KindDecimal, "a number with as many digits before and after the point; a fraction of zeros stays"},
		{KindPosition, "for latitudes and longitudes: one point for each cell of 0.3 degrees, less than 50 km away; an integer becomes another or the same, at most 2 degrees away"},
		{KindDate, "a date 200 to 202 years later; the gap between two dates of a decade stays"},
		{KindDateTime, "a date in the same way; the time of day stays"},
		{KindUUID, "hexadecimal digits in the same pattern; version and variant stay"},
		{KindUID, "hexadecimal digits in the same pattern, in groups or not"},
		{KindEmail, "two invented words at example.com, example.org or example.net"},
		{KindPhone, "a number of the same country and notation that nobody has: reserved for films (+1, +33, +44), or with 00 behind the code of the country"},
		{KindURI, "a URL of the same structure at example.com, example.org or example.net; user, path and values are replaced, names of parameters stay"},
		{KindIP, "an address that is reserved for documentation, such as 192.0.2.1 or 2001:db8::1; loopback addresses stay"},
		{KindToken, "letters and digits in the same pattern"},
		{KindText, "names, addresses and all other text: an invented word for each word; emails, numbers and others in it as above"},
		{KindName, "for names of fields that are data, such as an email, or one of many that are rare: as a value"},
	}
}

// Classify returns the kind of a text. Names, addresses and everything unknown are texts.
func Classify(text string) Kind {
	var digits, letters, hexLetters, others int // letters includes hexLetters
	for i := range len(text) {
		switch c := text[i]; {
		case isDigitByte(c):
			digits++
		case isHexByte(c):
			hexLetters++
			letters++
		case isLetterByte(c):
			letters++
		default:
			others++
		}
	}
	switch {
	case text == "":
		return KindEmpty
	case digits == len(text):
		if isPhone(text) {
			return KindPhone
		}
		return KindInteger
	case letters == len(text):
		return KindText
	case others == 0 && hexLetters == letters && isUID(text):
		return KindUID
	case others == 0 && digits > 0 && letters > 0 && len(text) >= minToken:
		return KindToken
	case others == 0:
		return KindText
	}
	return classifyPunctuated(text, digits, letters, hexLetters)
}

// classifyPunctuated classifies a text that is not only letters and digits.
func classifyPunctuated(text string, digits, letters, hexLetters int) Kind {
	switch {
	case strings.Contains(text, ":") && isURI(text):
		return KindURI
	case strings.IndexByte(text, '@') > 0 && isEmail(text):
		return KindEmail
	case digits == 0 && !strings.Contains(text, "::"):
		return KindText
	case letters <= 1 && isNumber(text):
		if strings.ContainsAny(text, ".eE") {
			return KindDecimal
		}
		return KindInteger
	case letters <= 2 && isDate(text):
		if len(text) == len(time.DateOnly) {
			return KindDate
		}
		return KindDateTime
	case letters == hexLetters && isIP(text):
		return KindIP
	case letters == 0 && isPhone(text):
		return KindPhone
	case letters == hexLetters && isUID(text):
		if uuidGroups(text) {
			return KindUUID
		}
		return KindUID
	}
	return KindText
}

func isDigitByte(c byte) bool  { return '0' <= c && c <= '9' }
func isLetterByte(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isHexByte(c byte) bool    { return isDigitByte(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// longestExponent is the most digits of an exponent; no float64 has more.
const longestExponent = 3

// isNumber reports whether a text is a number as JSON writes it, or an integer with leading zeros.
func isNumber(text string) bool {
	rest := skipDigits(strings.TrimPrefix(text, "-"))
	if len(rest) == len(strings.TrimPrefix(text, "-")) {
		return false
	}
	if fraction, found := strings.CutPrefix(rest, "."); found {
		if rest = skipDigits(fraction); len(rest) == len(fraction) {
			return false
		}
	}
	if rest == "" {
		return true
	}
	if rest[0]|0x20 != 'e' {
		return false
	}
	exponent := rest[1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return exponent != "" && len(exponent) <= longestExponent && skipDigits(exponent) == ""
}

func skipDigits(s string) string {
	for s != "" && isDigitByte(s[0]) {
		s = s[1:]
	}
	return s
}

// isDate reports whether a text is a date, or a date and a time, as in RFC 3339 or with a space.
func isDate(text string) bool {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return false
	}
	if _, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err != nil {
		return false
	}
	rest := text[len(time.DateOnly):]
	if rest == "" {
		return true
	}
	for _, layout := range []string{"T15:04:05Z07:00", "T15:04:05", " 15:04:05", "T15:04:05Z0700", "T15:04Z07:00", "T15:04", " 15:04"} {
		if _, err := time.Parse(layout, rest); err == nil { // takes a fraction, too
			return true
		}
	}
	return false
}

// isUID reports whether a text is at least minUID hexadecimal digits, both letters and digits, in
// groups that are separated by a dash or a colon.
func isUID(text string) bool {
	var digits, letters int
	for i := range len(text) {
		switch c := text[i]; {
		case isDigitByte(c):
			digits++
		case isHexByte(c):
			letters++
		case c != '-' && c != ':' || i == 0 || i == len(text)-1 || !isHexByte(text[i-1]):
			return false
		}
	}
	return digits > 0 && letters > 0 && digits+letters >= minUID
}

// uuidGroups reports whether the dashes are where a KindUUID has them; the last group of a uid in Apizee's
// documentation is shorter.
func uuidGroups(text string) bool {
	return len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' && strings.Count(text, "-") == 4
}

// isIP reports whether a text is an IP address, perhaps with a port. For four numbers it is not asked how
// large they are. One with a zone is a text, since the zone is a name.
func isIP(text string) bool {
	if strings.Contains(text, "%") {
		return false
	}
	if strings.Count(text, ":") < 2 {
		return isDottedQuad(text)
	}
	host := withoutPort(text)
	if quad := strings.LastIndexByte(host, ':') + 1; isDottedQuad(host[quad:]) {
		host = host[:quad] + "0.0.0.0"
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// withoutPort returns an IPv6 address without the brackets and the port around it.
func withoutPort(text string) string {
	host, port, found := strings.Cut(strings.TrimPrefix(text, "["), "]:")
	if _, err := strconv.ParseUint(port, 10, 16); found && text[0] == '[' && err == nil {
		return host
	}
	return text
}

func isDottedQuad(text string) bool {
	host, port, _ := strings.Cut(text, ":")
	const longest, longestPort = 3, 5
	numbers := 0
	for number := range strings.SplitSeq(host, ".") {
		if number == "" || len(number) > longest || skipDigits(number) != "" {
			return false
		}
		numbers++
	}
	return numbers == 4 && len(port) <= longestPort && skipDigits(port) == "" && !strings.HasSuffix(text, ":")
}

func isEmail(text string) bool {
	at := strings.IndexByte(text, '@')
	local, domain := text[:at], text[at+1:]
	return local != "" && isMadeOf(local, "._%+-'") && isDomain(domain)
}

// isDomain reports whether a text is a name of at least two labels.
func isDomain(text string) bool {
	dot := strings.IndexByte(text, '.')
	return dot > 0 && dot < len(text)-1 && isMadeOf(text, ".-") && strings.IndexByte(".-", text[len(text)-1]) < 0
}

// isMadeOf reports whether a text is made of letters, digits and others.
func isMadeOf(text, others string) bool {
	for _, r := range text {
		if !isAlphanumeric(r) && (r >= utf8.RuneSelf || strings.IndexByte(others, byte(r)) < 0) {
			return false
		}
	}
	return true
}

// isURI reports whether a text is a URL, or one of the schemes that name a person. Letters of a scheme
// that are not ASCII are allowed, and a digit at its start, since their pseudonyms are.
func isURI(text string) bool {
	scheme, rest, _ := strings.Cut(text, ":")
	if !isPersonScheme(scheme) && !strings.HasPrefix(rest, "//") || rest == "" || strings.ContainsFunc(rest, endsURI) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(scheme)
	return scheme != "" && isAlphanumeric(first) && !strings.ContainsFunc(scheme, endsScheme)
}

func endsScheme(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("+-.", r) }

func endsURI(r rune) bool { return isSpace(r) || isSymbol(r) || r == '"' || r == '<' || r == '>' }

func isPersonScheme(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "mailto", "tel", "sms", "sip", "sips", "callto":
		return true
	}
	return false
}
