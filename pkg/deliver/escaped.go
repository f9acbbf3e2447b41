package deliver

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mostEscaped is how many bytes of texts are looked for in their escaped forms. Expressions
// for more take too much.
const mostEscaped = 8 << 10

// anyForm is an expression for a form of any of the texts, and what follows it. It matches
// nothing when there are none.
func anyForm(texts []string, form func(string) string, behind string) *regexp.Regexp {
	var forms []string
	left := mostEscaped
	for _, text := range texts {
		if len(text) <= left {
			forms = append(forms, form(text))
			left -= len(text)
		}
	}
	if len(forms) == 0 {
		return regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
	}
	return regexp.MustCompile("(?:" + strings.Join(forms, "|") + ")" + behind)
}

// begunEscape may be the beginning of an escape.
const begunEscape = `(?:\\(?:[uU][0-9a-fA-F]{0,7})?|%[0-9a-fA-F]?|&[#0-9a-zA-Z]{0,8})?`

// escapedForm is an expression for a text and for all that JSON, HTML and URLs may make of
// it: each escapes other characters, and each program more or fewer of them.
func escapedForm(text string) string {
	var form strings.Builder
	for _, r := range strings.ToValidUTF8(text, string(utf8.RuneError)) {
		form.WriteString(escapedRune(r))
	}
	return form.String()
}

// begunForm is an expression for the beginning of a text, or all of it.
func begunForm(text string) string {
	const most = 64 // characters, from which on any that follow are a part of it
	runes := []rune(strings.ToValidUTF8(text, string(utf8.RuneError)))
	form := ""
	if len(runes) > most {
		form, runes = ".*", runes[:most]
	}
	for i := len(runes) - 1; i >= leastSecret; i-- {
		form = "(?:" + escapedRune(runes[i]) + form + ")?"
	}
	return escapedForm(string(runes[:min(leastSecret, len(runes))])) + form
}

func escapedRune(r rune) string {
	plain := regexp.QuoteMeta(string(r))
	if isLetter(r) || isDigit(r) {
		return plain
	}
	forms := []string{plain, jsonForm(r), urlForm(r), fmt.Sprintf(`&#0*%d;|&#[xX]0*(?i:%x);`, r, r)}
	if r < utf8.RuneSelf {
		forms = append(forms, `\\`+plain)
	}
	if name := entity(r); name != "" {
		forms = append(forms, "&"+name+";")
	}
	if r == ' ' {
		forms = append(forms, `\+`)
	}
	if at := strings.IndexRune("\t\n\r\b\f", r); at >= 0 {
		forms = append(forms, `\\`+"tnrbf"[at:at+1])
	}
	if r > 0xffff {
		forms = append(forms, fmt.Sprintf(`\\U(?i:%08x)`, r))
	}
	return "(?:" + strings.Join(forms, "|") + ")"
}

// entity is the name that HTML has for a character, or "".
func entity(r rune) string {
	switch r {
	case '<':
		return "lt"
	case '>':
		return "gt"
	case '&':
		return "amp"
	case '"':
		return "quot"
	case '\'':
		return "apos"
	}
	return ""
}

func jsonForm(r rune) string {
	form := ""
	for _, unit := range utf16.AppendRune(nil, r) {
		form += fmt.Sprintf(`\\u(?i:%04x)`, unit)
	}
	return form
}

func urlForm(r rune) string {
	form := ""
	for _, b := range []byte(string(r)) {
		form += fmt.Sprintf(`%%(?i:%02x)`, b)
	}
	return form
}
