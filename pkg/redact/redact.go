// Package redact masks secrets, and scrubs what was captured.
//
// A secret is found by the name of its header, parameter or key ([IsSecret], [Header]), by its
// position in a URL ([URL]), or by its value, wherever it is repeated ([Secrets]). A sender knows the
// values it has sent and can mask them in a response; a receiver knows only names and positions.
//
// A [Scrubber] goes the other way: it replaces every value that is not known to be safe by a pseudonym,
// for captures that are to be shared.
package redact

import (
	"slices"
	"strings"
)

// Masked replaces a secret.
const Masked = "****"

// IsSecret reports whether a header, a query parameter or a key of this name has a secret value:
// cookies, names that contain token, secret, key, password and the like, and names with a usual short
// form as a separate word, as in X-Auth.
func IsSecret(name string) bool {
	switch name {
	case "Host", "User-Agent", "Accept", "Content-Type", "Content-Length":
		return false // fast path for the headers of every request
	}
	name = strings.ToLower(name)
	for _, part := range []string{
		"authorization", "authentication", "cookie", "token", "secret", "key", "password", "passwd", "passphrase", "credential", "signature", "session", "bearer",
	} {
		if strings.Contains(name, part) {
			return true
		}
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !isLetter(r) && !isDigit(r) }) {
		switch word {
		case "auth", "sig", "pwd", "pass", "cred", "creds", "jwt", "hmac", "sid":
			return true
		}
	}
	return false
}

// Header returns the value of a header with secrets masked: the whole value when IsSecret(name) or name
// is one of also, otherwise the secrets in its URLs and parameters.
func Header(name, value string, also ...string) string {
	isName := func(other string) bool { return strings.EqualFold(other, name) }
	if IsSecret(name) || slices.ContainsFunc(also, isName) {
		return Masked
	}
	return new(urlMasker).text(value)
}

// IsMaskedHeader reports whether the value of a header had a secret: it has Masked where Header masks
// anything, or is nothing else. Other values may have Masked in them, too.
func IsMaskedHeader(name, value string) bool {
	return value == Masked || hadSecret(value, func(other string) string { return Header(name, other) })
}

// IsMaskedParameter reports whether a parameter of a query had a secret.
func IsMaskedParameter(parameter string) bool {
	return hadSecret("?"+parameter, URL)
}

func hadSecret(text string, mask func(string) string) bool {
	other := strings.ReplaceAll(text, Masked, "x")
	return other != text && mask(other) != other
}

// HeaderStart returns the start of a malformed header that may be shown. In "Authorization Bearer abc" the
// text after the first word is a secret.
func HeaderStart(s string) string {
	const longest = 20
	end := 0
	for end < len(s) && end < longest && (isLetterByte(s[end]) || s[end] == '-') {
		end++
	}
	return s[:end]
}

// URL returns a URL with secrets masked: the password, or a user without one, as a token is, and the
// values of parameters with IsSecret(name), wherever they are and however they are escaped. The URL is
// not parsed, because a malformed one has secrets too.
func URL(s string) string { return new(urlMasker).url(s, maxDepth) }

// Text returns a text with secrets masked: those of the URLs and parameters in it, and the value after
// the name of a secret header.
func Text(s string) string {
	s = new(urlMasker).text(s)
	name, value, isHeader := strings.Cut(s, ":")
	if isHeader && strings.TrimSpace(value) != "" && IsSecret(keyBefore(name)) {
		return name + ": " + Masked
	}
	return s
}

// Message returns an error message with secrets masked in its quotations and URLs.
func Message(s string) string {
	parts := strings.Split(new(urlMasker).text(s), `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = Text(parts[i])
	}
	return strings.Join(parts, `"`)
}

// HasSecret reports whether a line of a file has the name of a secret, or a URL with one. It does not
// say where the secret ends, which only a parser knows.
func HasSecret(line string) bool {
	for field := range strings.FieldsSeq(line) {
		if field = strings.Trim(field, `'"`); strings.Contains(field, "://") && URL(field) != field {
			return true
		}
	}
	for end := range len(line) {
		if line[end] == ':' && IsSecret(keyBefore(line[:end])) {
			return true
		}
	}
	return false
}

// keyBefore returns the possible name of a key or a header at the end of a text.
func keyBefore(text string) string {
	text = strings.TrimRight(text, " \t'\"")
	start := strings.LastIndexFunc(text, func(r rune) bool { return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("_.-", r) })
	return text[start+1:]
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
