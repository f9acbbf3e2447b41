package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readings are the bytes that begin an escape where a text is read as JSON, as HTML, as a URL,
// or as one of them within another.
func readings() []string { return []string{`\`, "&", "%+", `\&%+`} }

// unescape reads a text in which escapes begin with some bytes: JSON, HTML and URLs each
// escape other characters, and each program more or fewer of them. What is no escape stays. Byte i of the result comes from index at[i] on, and its end is
// at[len(plain)]. A plus is a space in some URLs, and is read as one. Of a text that is cut off, an escape that has only begun becomes nothing.
func unescape(text, escapes string, isCut bool) (plain string, at []int) {
	var out []byte
	for i := 0; i < len(text); {
		meant, width := text[i:i+1], 1
		if strings.Contains(escapes, meant) {
			meant, width = unescapeOne(text[i:])
			if isCut && width == 1 && isBegun(text[i:]) {
				break
			}
		}
		for range len(meant) {
			at = append(at, i)
		}
		out = append(out, meant...)
		i += width
	}
	return foldPlus(string(out)), append(at, len(text))
}

func foldPlus(s string) string { return strings.ReplaceAll(s, "+", " ") }

// unescapeOne reads what begins a text: an escape of so many bytes, or one byte that is none.
func unescapeOne(s string) (meant string, width int) {
	switch s[0] {
	case '%':
		if b, ok := hexadecimal(s[1:], 2); ok {
			return string([]byte{byte(b)}), 3
		}
	case '&':
		const longest = 12
		end := strings.IndexByte(s[:min(len(s), longest)], ';') + 1
		if meant := html.UnescapeString(s[:end]); meant != s[:end] {
			return meant, end
		}
	case '\\':
		return unescapeBackslash(s)
	}
	return s[:1], 1
}

func unescapeBackslash(s string) (meant string, width int) {
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

// unescapeUTF16 reads \uXXXX, or two of them that are one character.
func unescapeUTF16(s string) (meant string, width int) {
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

// isBegun says whether all of a text may be the beginning of an escape.
func isBegun(s string) bool {
	const longest = 10
	return s[0] != '+' && len(s) < longest &&
		!strings.ContainsFunc(s[1:], func(r rune) bool { return !isLetter(r) && !isDigit(r) && r != '#' })
}
