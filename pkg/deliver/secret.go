package deliver

import (
	"net/url"
	"slices"
	"strings"
)

// Masked stands in for a secret wherever something is shown to people.
const Masked = "****"

// IsSecret says whether a header or a query parameter of this name holds a
// secret: cookies, and every name with token, secret, key, password or the like in it, or
// one of the usual short forms as a word of its own, as in X-Auth.
func IsSecret(name string) bool {
	switch name {
	case host, userAgent, accept, contentType, contentLength:
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

// MaskHeader is the value of a header with what is secret in it hidden: all of it when
// the name says so, or is one of also, and otherwise the secrets of its URLs and parameters.
func MaskHeader(name, value string, also ...string) string {
	isName := func(other string) bool { return strings.EqualFold(other, name) }
	if IsSecret(name) || slices.ContainsFunc(also, isName) {
		return Masked
	}
	return new(masking).words(value)
}

// MaskURL hides the secrets in the text of a URL: the password, or a user that
// stands alone as a token does, and the values of parameters whose names IsSecret
// knows, wherever they stand and however they are escaped. The URL is not parsed, because
// a malformed one has secrets too.
func MaskURL(s string) string { return new(masking).url(s, deepest) }

// URLSecrets are the values that MaskURL hides in a URL: as they stand in it, and
// as they are meant where that differs.
func URLSecrets(u *url.URL) []string {
	var m masking
	m.url(u.String(), deepest)
	return m.values()
}
