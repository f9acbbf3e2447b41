package console

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Safe returns s with everything that could control a terminal, or mislead a reader,
// written as an escape:
//
//   - newline, tab and carriage return as \n, \t and \r;
//   - other control bytes (C0, DEL) and bytes that are not UTF-8 as \x1b;
//   - other invisible runes (C1 controls, bidirectional controls, line
//     separators, zero-width and unusual spaces, unassigned and private runes)
//     as \u202e, or \U000e0001 above U+FFFF.
//
// U+200C and U+200D stay: Persian, Indic scripts and emoji need them. The
// result is one line of valid UTF-8, at most four times as long as s, and Safe
// does not change it again. A backslash is not escaped, so the escapes are for
// reading, not for decoding. A string without such runes is returned unchanged.
func Safe(s string) string {
	if cleanLength(s) == len(s) {
		return s
	}
	return string(appendEscaped(make([]byte, 0, len(s)+16), s, appendVisible))
}

// SafeLines splits s at its newlines (LF or CRLF), and escapes each line. A tab
// becomes four spaces. A final newline does not begin another line, and an empty s
// has no lines.
func SafeLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		lines = append(lines, Safe(strings.ReplaceAll(line, "\t", "    ")))
	}
	return lines
}

// SafeText is Safe for a text of several lines, such as a file: newlines and tabs stay.
// If nothing is escaped, b itself is returned.
func SafeText(b []byte) []byte {
	return escapeBytes(b, func(dst []byte, r rune, raw byte, valid bool) []byte {
		if r == '\n' || r == '\t' {
			return utf8.AppendRune(dst, r)
		}
		return appendVisible(dst, r, raw, valid)
	})
}

// SafeShell returns a command line for bash with the runes that Safe would escape written
// as bash's $'\xe2', so that the command stays the same. Such a rune must be inside
// single quotes. Newlines and tabs stay.
func SafeShell(command string) string {
	return string(escapeBytes([]byte(command), func(dst []byte, r rune, raw byte, valid bool) []byte {
		encoded := []byte{raw}
		switch {
		case r == '\n' || r == '\t':
			return utf8.AppendRune(dst, r)
		case valid:
			encoded = utf8.AppendRune(nil, r)
		}
		dst = append(dst, `'$'`...)
		for _, b := range encoded {
			dst = appendHex(dst, `\x`, uint32(b), 2)
		}
		return append(dst, `''`...)
	}))
}

// SafeJSON returns the JSON text b with the runes that Safe would escape written as
// JSON's \uXXXX, so that the JSON value stays the same. In JSON such runes are only in
// strings, except for white space between tokens: there a newline stays, and a tab or
// carriage return becomes a space. A byte that is not UTF-8 becomes \ufffd, as in Go's
// decoders. Text that is not JSON is escaped as well. If nothing is escaped, b itself
// is returned.
func SafeJSON(b []byte) []byte {
	return escapeBytes(b, appendJSONEscape)
}

func escapeBytes(b []byte, escape escaper) []byte {
	if cleanLength(b) == len(b) {
		return b
	}
	return appendEscaped(make([]byte, 0, len(b)+16), b, escape)
}

// text lets the functions below work without a conversion.
type text interface{ string | []byte }

// escaper appends the escape of the rune r. For a byte that is not UTF-8, r is
// utf8.RuneError, raw the byte, and valid false.
type escaper func(dst []byte, r rune, raw byte, valid bool) []byte

func appendEscaped[T text](dst []byte, s T, escape escaper) []byte {
	for {
		n := cleanLength(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return dst
		}
		r, size := decodeRune(s[n:])
		dst = escape(dst, r, s[n], !isInvalid(r, size))
		s = s[n+size:]
	}
}

// cleanLength is the length of the longest prefix of s without anything to escape.
func cleanLength[T text](s T) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := decodeRune(s[i:])
		if isInvalid(r, size) || isHidden(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// decodeRune converts only the bytes of one rune, so it does not allocate.
func decodeRune[T text](s T) (rune, int) {
	return utf8.DecodeRuneInString(string(s[:min(len(s), utf8.UTFMax)]))
}

func isInvalid(r rune, size int) bool { return r == utf8.RuneError && size == 1 }

// isHidden reports whether r is invisible by itself. Unicode counts a few
// invisible runes, such as the Hangul fillers, as letters; it lists those as
// ignorable by default.
func isHidden(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return false
	}
	return !strconv.IsPrint(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

func appendVisible(dst []byte, r rune, raw byte, valid bool) []byte {
	switch {
	case !valid:
		return appendHex(dst, `\x`, uint32(raw), 2)
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\t':
		return append(dst, `\t`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r < utf8.RuneSelf:
		return appendHex(dst, `\x`, uint32(r), 2)
	case r <= 0xffff:
		return appendHex(dst, `\u`, uint32(r), 4)
	}
	return appendHex(dst, `\U`, uint32(r), 8)
}

func appendJSONEscape(dst []byte, r rune, _ byte, _ bool) []byte {
	switch {
	case r == '\n':
		return append(dst, '\n')
	case r == '\t', r == '\r':
		return append(dst, ' ')
	case r <= 0xffff:
		return appendHex(dst, `\u`, uint32(r), 4)
	}
	high, low := utf16.EncodeRune(r)
	return appendHex(appendHex(dst, `\u`, uint32(high), 4), `\u`, uint32(low), 4)
}

// appendHex appends prefix and the lowest digits of v.
func appendHex(dst []byte, prefix string, v uint32, digits int) []byte {
	dst = append(dst, prefix...)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[v>>shift&0xf])
	}
	return dst
}
