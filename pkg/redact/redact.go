// Package redact hides what must not be seen.
//
// It knows a secret in three ways: by the name of its header, parameter or key
// ([IsSecret], [Header]); by its place in a URL ([URL]); and by its value, wherever
// somebody repeats it ([Secrets]). A sender knows the values it has sent, so that it can
// hide them in a reply; who receives has only names and places to go by.
package redact

import (
	"slices"
	"strings"
)

// Masked stands in for a secret wherever something is shown to people.
const Masked = "****"

// IsSecret says whether a header, a query parameter or a key of this name holds a
// secret: cookies, and every name with token, secret, key, password or the like in it, or
// one of the usual short forms as a word of its own, as in X-Auth.
func IsSecret(name string) bool {
	switch name {
	case "Host", "User-Agent", "Accept", "Content-Type", "Content-Length":
		return false // what every request carries needs no search
	}
	name = strings.ToLower(name)
	for _, part := range []string{
		"authorization", "cookie", "token", "secret", "key", "password", "passwd", "passphrase", "credential", "signature", "session", "bearer",
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

// Header is the value of a header with what is secret in it masked: all of it when
// the name says so, or is one of also, and otherwise the secrets of its URLs and parameters.
func Header(name, value string, also ...string) string {
	isName := func(other string) bool { return strings.EqualFold(other, name) }
	if IsSecret(name) || slices.ContainsFunc(also, isName) {
		return Masked
	}
	return new(urlMasker).words(value)
}

// URL is the text of a URL with its secrets masked: the password, or a user that
// stands alone as a token does, and the values of parameters whose names IsSecret
// knows, wherever they stand and however they are escaped. The URL is not parsed, because
// a malformed one has secrets too.
func URL(s string) string { return new(urlMasker).url(s, deepest) }

// Text is a text that somebody wrote, with its secrets masked: those of the URLs and of the
// parameters in it, and what stands behind the name of a secret header.
func Text(s string) string {
	s = new(urlMasker).words(s)
	name, value, isHeader := strings.Cut(s, ":")
	if isHeader && strings.TrimSpace(value) != "" && IsSecret(keyBefore(name)) {
		return name + ": " + Masked
	}
	return s
}

// Message is a message of ours with the secrets masked in what it quotes, and in the URLs
// that stand in it.
func Message(s string) string {
	parts := strings.Split(new(urlMasker).words(s), `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = Text(parts[i])
	}
	return strings.Join(parts, `"`)
}

// HasSecret says whether a line of a file names a secret or has a URL with one. While
// a file is being read, nobody knows yet where the secret ends.
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

// keyBefore is what may be the name of a key or of a header at the end of a text.
func keyBefore(text string) string {
	text = strings.TrimRight(text, " \t'\"")
	start := strings.LastIndexFunc(text, func(r rune) bool { return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("_.-", r) })
	return text[start+1:]
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
