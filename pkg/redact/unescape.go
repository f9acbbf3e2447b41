package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escapeSets returns the bytes that start an escape in JSON, in HTML, in a URL, and in combinations of
// them.
func escapeSets() []string { return []string{`\`, "&", "%+", `\&%+`} }

// unescape replaces the escapes that start with one of the given bytes: JSON, HTML and URLs escape
// different characters, and each program more or fewer of them. Other text stays unchanged. Byte i of
// the result comes from index at[i], and its end is at[len(plain)]. A plus becomes a space, which it
// means in some URLs. An incomplete escape at the end of a truncated text is removed.
func unescape(text, escapes string, isTruncated bool) (plain string, at []int) {
	var out []byte
	for i := 0; i < len(text); {
		decoded, width := text[i:i+1], 1
		if strings.Contains(escapes, decoded) {
			decoded, width = unescapeOne(text[i:])
			if isTruncated && width == 1 && isPartialEscape(text[i:]) {
				break
			}
		}
		for range len(decoded) {
			at = append(at, i)
		}
		out = append(out, decoded...)
		i += width
	}
	return foldPlus(string(out)), append(at, len(text))
}

func foldPlus(s string) string { return strings.ReplaceAll(s, "+", " ") }

// unescapeOne decodes the escape at the start of a text, which is width bytes long, or returns the first
// byte.
func unescapeOne(s string) (decoded string, width int) {
	switch s[0] {
	case '%':
		if b, ok := hexadecimal(s[1:], 2); ok {
			return string([]byte{byte(b)}), 3
		}
	case '&':
		const longest = 12
		end := strings.IndexByte(s[:min(len(s), longest)], ';') + 1
		if decoded := html.UnescapeString(s[:end]); decoded != s[:end] {
			return decoded, end
		}
	case '\\':
		return unescapeBackslash(s)
	}
	return s[:1], 1
}

func unescapeBackslash(s string) (decoded string, width int) {
	if len(s) == 1 {
		return s, 1
	}
	next := rune(s[1])
	switch next {
	case 'u':
		return unescapeUTF16(s)
	case 'U':
		if r, ok := hexadecimal(s[2:], 8); ok {
			return string(r), 10
		}
	}
	if control := strings.IndexRune("tnrbf", next); control >= 0 {
		return "\t\n\r\b\f"[control : control+1], 2
	}
	if next < utf8.RuneSelf && !isLetter(next) && !isDigit(next) {
		return s[1:2], 2
	}
	return s[:1], 1
}

// unescapeUTF16 decodes \uXXXX, or a surrogate pair.
func unescapeUTF16(s string) (decoded string, width int) {
	r, ok := hexadecimal(s[2:], 4)
	if !ok {
		return s[:1], 1
	}
	if rest := s[6:]; strings.HasPrefix(rest, `\u`) {
		low, _ := hexadecimal(rest[2:], 4)
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return string(pair), 12
		}
	}
	return string(r), 6
}

func hexadecimal(s string, digits int) (r rune, ok bool) {
	if len(s) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:digits], 16, 31)
	return rune(n), err == nil
}

// isPartialEscape reports whether the whole text may be the start of an escape.
func isPartialEscape(s string) bool {
	const longest = 10
	return s[0] != '+' && len(s) < longest &&
		!strings.ContainsFunc(s[1:], func(r rune) bool { return !isLetter(r) && !isDigit(r) && r != '#' })
}
