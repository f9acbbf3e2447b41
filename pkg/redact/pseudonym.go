package redact

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// replace returns the pseudonym of a value of a kind.
func (k *secretKey) replace(kind Kind, text string) string {
	switch kind {
	case KindEmpty:
		return text
	case KindInteger, KindDecimal:
		return k.numeral(text)
	case KindDate, KindDateTime:
		return k.date(text)
	case KindUUID, KindUID, KindToken:
		return k.coded(kind, text)
	case KindEmail:
		return k.email(text)
	case KindPhone:
		return k.phone(text)
	case KindURI:
		return k.uri(text)
	case KindIP:
		return k.ip(text)
	}
	return k.text(text)
}

// numeral replaces the digits of a number. The sign, a whole part or a fraction of zero and the exponent stay,
// except for one that is too long to be that of a float64.
//
// Numbers are the one kind for which scrubbing is not idempotent. An integer of as many digits that
// never stays as it is, and never becomes the same as another, is a permutation without fixed points;
// what it returns cannot be told from what it takes.
func (k *secretKey) numeral(text string) string {
	var out strings.Builder
	digits := strings.TrimLeft(text, "+-")
	out.WriteString(text[:len(text)-len(digits)])
	whole := digits[:len(digits)-len(skipDigits(digits))]
	out.WriteString(k.digits(whole))
	rest := digits[len(whole):]
	if fraction, found := strings.CutPrefix(rest, "."); found {
		rest = skipDigits(fraction)
		out.WriteByte('.')
		out.WriteString(k.decimals(fraction[:len(fraction)-len(rest)]))
	}
	if exponent := strings.TrimLeft(rest, "eE+-"); len(exponent) > longestExponent {
		out.WriteString(rest[:len(rest)-len(exponent)])
		rest = k.fraction(exponent)
	}
	out.WriteString(rest)
	return out.String()
}

// longestMove is the number of digits that are permuted together; longer ones are so in groups.
const longestMove = 18

// digits replaces a text of digits by as many others. Leading zeros, and zero, stay: zero is nobody's
// id, and as 0 and 1 a condition.
func (k *secretKey) digits(text string) string {
	significant := strings.TrimLeft(text, "0")
	zeros := text[:len(text)-len(significant)]
	if significant == "" {
		return zeros
	}
	group := significant[:min(len(significant), longestMove)]
	low := pow10(len(group) - 1)
	moved := k.moved(group, low)
	for zeros == "00" && isPhone(zeros+moved) { // which an integer is not
		moved = k.moved(moved, low)
	}
	return zeros + moved + k.fraction(significant[len(group):])
}

// decimals replaces the digits behind the point. Without a fraction a number is an integer for many programs: only
// zeros stay zeros.
func (k *secretKey) decimals(text string) string {
	switch {
	case strings.Trim(text, "0") == "":
		return text
	case len(text) <= longestMove:
		return k.moved(text, 1)
	}
	return k.fraction(text)
}

// fraction replaces a text of digits whose leading zeros count.
func (k *secretKey) fraction(text string) string {
	var out strings.Builder
	for text != "" {
		group := text[:min(len(text), longestMove)]
		out.WriteString(k.moved(group, 0))
		text = text[len(group):]
	}
	return out.String()
}

// moved replaces a number that is at least low, of at most longestMove digits, by another one.
func (k *secretKey) moved(text string, low uint64) string {
	n, _ := strconv.ParseUint(text, 10, 64)
	moved := strconv.FormatUint(low+k.move(n-low, pow10(len(text))-low), 10)
	return strings.Repeat("0", len(text)-len(moved)) + moved
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// cell is the size in degrees of the cells that positions are moved in: its diagonal is less than 50 km.
const cell = 0.3

// wholeCell is that of the cells of whole degrees.
const wholeCell = 2

// coordinate replaces a latitude or a longitude, up to limit degrees, by that of the one keyed point of
// its cell. Nothing about where in the cell it was remains, not even in a track of thousands of
// positions, and the point of the cell is its own pseudonym. A whole number of degrees remains one.
func (k *secretKey) coordinate(text string, limit float64) string {
	degrees, _ := strconv.ParseFloat(text, 64)
	_, fraction, _ := strings.Cut(text, ".")
	size, purpose := cell, "position"
	isWhole := degrees == math.Trunc(degrees)
	if isWhole {
		size, purpose = wholeCell, "degrees"
	}
	index := math.Floor(degrees / size)
	index = min(index, math.Round(limit/size)-1)
	sum := k.hash(purpose, strconv.FormatFloat(limit, 'f', -1, 64)+" "+strconv.FormatFloat(index, 'f', -1, 64))
	if isWhole {
		zeros := len(fraction) - len(strings.TrimLeft(fraction, "0"))
		return strconv.FormatFloat(index*size+float64(sum[0]%wholeCell), 'f', zeros, 64)
	}
	const margin = 0.05
	inCell := margin + (1-2*margin)*float64(binary.BigEndian.Uint32(sum[:]))/(1<<32)
	const fewest, most = 6, 15
	return strconv.FormatFloat((index+inCell)*size, 'f', min(max(len(fraction), fewest), most), 64)
}

func isCoordinate(text string, limit float64) bool {
	degrees, err := strconv.ParseFloat(text, 64)
	return err == nil && math.Abs(degrees) <= limit
}

// date moves a date by a keyed number of days, 200 to 202 years into the future. The time of the day
// stays, and so does the time between two dates of a decade. Those of another decade are moved by another
// number: when something happened may be known, and must not tell when somebody was born. A date that is
// far in the future is nobody's, or a pseudonym, and stays.
func (k *secretKey) date(text string) string {
	const future, days = 2100, 365*200 + 48
	day, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)])
	if err != nil || day.Year() >= future {
		return text
	}
	decade := strconv.Itoa(day.Year() / 10)
	day = day.AddDate(0, 0, days+int(k.number("date", decade, 2*365)))
	return day.Format(time.DateOnly) + text[len(time.DateOnly):]
}

const (
	minUID   = 12 // digits
	minToken = 16 // letters and digits
)

// coded replaces a uid or a token: each character by one of its sort. The first half is a keyed hash,
// and the second half a check of it, by which a pseudonym is recognized. The digits that state the
// version and the variant of a UUID stay.
func (k *secretKey) coded(kind Kind, text string) string {
	if kind == KindToken && k.areWords(text) { // of a text in which letters and digits touched
		var out strings.Builder
		k.sorts(&out, text)
		return out.String()
	}
	upper := kind != KindToken && strings.ToLower(text) != text
	isUUID := isGrouped(text)
	var at []int // the characters to replace
	for i := range len(text) {
		if isStated := isUUID && (i == 14 || i == 19); (isDigitByte(text[i]) || isLetterByte(text[i])) && !isStated {
			at = append(at, i)
		}
	}
	out := []byte(text)
	fill := func(at []int, next func() byte) {
		for _, i := range at {
			alphabet := "0123456789abcdef"
			switch c := text[i]; {
			case kind != KindToken:
				if upper {
					alphabet = "0123456789ABCDEF"
				}
			case isDigitByte(c):
				alphabet = "0123456789"
			case c >= 'a':
				alphabet = "abcdefghijklmnopqrstuvwxyz"
			default:
				alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			}
			out[i] = alphabet[int(next())%len(alphabet)]
		}
	}
	data, check := at[:len(at)/2], at[len(at)/2:]
	sealed := func() string {
		var b strings.Builder
		for _, i := range data {
			b.WriteByte(out[i])
		}
		fill(check, k.stream("check", b.String()))
		return string(out)
	}
	if sealed() == text {
		return text
	}
	next := k.stream("coded", strings.ToLower(text))
	if kind == KindToken {
		next = k.stream("coded", text)
	}
	for {
		fill(data, next)
		if pseudonym := sealed(); Classify(pseudonym) == kind {
			return pseudonym
		}
	}
}

// isGrouped reports whether a text has its dashes where a UUID has them.
func isGrouped(text string) bool {
	return len(text) > 24 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' && strings.Count(text, "-") == 4
}

// email returns an address at a domain that is reserved for examples.
func (k *secretKey) email(text string) string {
	lower := folded(text)
	local, domain, _ := strings.Cut(lower, "@")
	first, second, _ := strings.Cut(local, ".")
	if isExampleDomain(domain) && k.isWord(first) && k.isWord(second) {
		return text
	}
	return k.word("email 1 "+lower) + "." + k.word("email 2 "+lower) + "@" + k.exampleDomain(domain)
}

func exampleDomains() []string { return []string{"example.com", "example.org", "example.net"} }

func isExampleDomain(domain string) bool {
	for _, example := range exampleDomains() {
		if domain == example {
			return true
		}
	}
	return false
}

func (k *secretKey) exampleDomain(domain string) string {
	domains := exampleDomains()
	return domains[k.number("domain", domain, uint64(len(domains)))]
}

// ip replaces an address, for which isIP is true, by one that is reserved for documentation.
func (k *secretKey) ip(text string) string {
	host, before, after := withoutPort(text), "", ""
	switch number, portText, hasPort := strings.Cut(text, ":"); {
	case hasPort && isDottedQuad(text):
		host, after = number, ":"+port(portText)
	case host != text:
		before, after = "[", "]:"+port(text[len("[]:")+len(host):])
	}
	addr, err := netip.ParseAddr(host)
	if err != nil { // a number of four is too large, or has a leading zero
		sum := k.hash("ip", host)
		addr = netip.AddrFrom16([16]byte(sum[:16]))
		if isDottedQuad(host) {
			addr = netip.AddrFrom4([4]byte(sum[:4]))
		}
	}
	return before + k.address(addr) + after
}

// port keeps the usual ports and replaces others by one of them.
func port(text string) string {
	switch text {
	case "80", "443":
		return text
	}
	return "8080"
}

func (k *secretKey) address(addr netip.Addr) string {
	if addr.Is4In6() {
		return "::ffff:" + k.address(addr.Unmap())
	}
	reserved := []string{"2001:db8::/32"}
	if addr.Is4() {
		reserved = []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"}
	}
	if addr.IsLoopback() || addr.IsUnspecified() {
		return addr.String()
	}
	var prefixes []netip.Prefix
	for _, s := range reserved {
		prefix := netip.MustParsePrefix(s)
		if prefix.Contains(addr) {
			return addr.String()
		}
		prefixes = append(prefixes, prefix)
	}
	sum := k.hash("ip", addr.String())
	prefix := prefixes[int(sum[0])%len(prefixes)]
	out := prefix.Addr().AsSlice()
	for i := prefix.Bits() / 8; i < len(out); i++ {
		out[i] = sum[1+i]
	}
	replaced, _ := netip.AddrFromSlice(out)
	return replaced.String()
}
