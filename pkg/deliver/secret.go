package deliver

import (
	"net/url"
	"strings"
)

// Masked stands in for a secret wherever something is shown to people.
const Masked = "****"

// IsSecret says whether a header or a query parameter of this name holds a
// secret: credentials, cookies, and every name with token, secret, key or
// password in it.
func IsSecret(name string) bool {
	switch name {
	case host, userAgent, accept, contentType, contentLength:
		return false // what every request carries needs no search
	}
	name = strings.ToLower(name)
	for _, part := range []string{"authorization", "cookie", "token", "secret", "key", "password"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// MaskHeader is the value of a header with what is secret in it hidden: all of it when
// the name says so, and otherwise the secrets of a URL.
func MaskHeader(name, value string) string {
	switch {
	case IsSecret(name):
		return Masked
	case strings.HasPrefix(value, "/"), strings.Contains(value, "://"):
		return MaskURL(value)
	}
	return value
}

// MaskURL hides the secrets in the text of a URL: the password, or a user that
// stands alone as a token does, and the values of parameters whose names IsSecret
// knows. The URL is not parsed, because a malformed one has secrets too.
func MaskURL(s string) string {
	user, rest := cutUser(s)
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	masked := maskUser(user) + path
	if hasQuery {
		masked += "?" + maskQuery(query)
	}
	if hasFragment {
		masked += "#" + maskQuery(fragment)
	}
	return masked
}

// URLSecrets are the values that MaskURL hides in a URL: as they stand in it, and
// as they are meant where that differs.
func URLSecrets(u *url.URL) []string {
	var values []string
	if password, ok := u.User.Password(); ok {
		values = append(values, password)
	} else if u.User != nil {
		values = append(values, u.User.Username())
	}
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		value, _ := secretIn(p)
		if value == "" {
			continue
		}
		values = append(values, value)
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			values = append(values, plain)
		}
	}
	return values
}

// cutUser cuts a URL behind its scheme and user, which may be missing. Where the
// host would have no port that is one, a password holds what ends a host, as in
// http://user:pass/word@host.
func cutUser(s string) (user, rest string) {
	start := 0
	if scheme := strings.Index(s, "://"); scheme >= 0 && !strings.ContainsFunc(s[:scheme], notScheme) {
		start = scheme + len("://")
	}
	end := start + strings.IndexAny(s[start:], "/?#")
	if end < start {
		end = len(s)
	}
	if at := strings.LastIndexByte(s[start:end], '@'); at >= 0 {
		return s[:start+at], s[start+at:]
	}
	host := s[start:end]
	host = host[strings.LastIndexByte(host, ']')+1:] // of an IPv6 address only the port
	if _, port, found := strings.Cut(host, ":"); found && strings.ContainsFunc(port, func(r rune) bool { return !isDigit(r) }) {
		if at := strings.LastIndexByte(s, '@'); at > end {
			return s[:at], s[at:]
		}
	}
	return "", s
}

func maskUser(s string) string {
	if s == "" {
		return ""
	}
	scheme, user, found := strings.Cut(s, "://")
	if !found {
		scheme, user = "", s
	} else {
		scheme += "://"
	}
	if name, _, hasPassword := strings.Cut(user, ":"); hasPassword {
		return scheme + name + ":" + Masked
	}
	return scheme + Masked
}

func maskQuery(query string) string {
	parameters := strings.Split(query, "&")
	for i, p := range parameters {
		if secret, found := secretIn(p); found {
			parameters[i] = strings.TrimSuffix(p, secret) + Masked
		}
	}
	return strings.Join(parameters, "&")
}

// secretIn is the end of a parameter that is secret. Some separate parameters with
// ";", and those that add to a URL without looking with "?". A URL in a parameter may have a
// secret of its own.
func secretIn(parameter string) (secret string, found bool) {
	for start := 0; start < len(parameter); {
		part := parameter[start:]
		if end := strings.IndexAny(part, ";?"); end >= 0 {
			part = part[:end]
		}
		name, value, hasValue := strings.Cut(part, "=")
		if hasValue && (isSecretParameter(name) || isSecretURL(value)) {
			return parameter[start+len(name)+1:], true
		}
		start += len(part) + 1
	}
	return "", false
}

// isSecretURL knows a URL with a query in its escaped form too.
func isSecretURL(s string) bool {
	plain, err := url.QueryUnescape(s)
	return err == nil && plain != s && strings.Contains(plain, "?") && MaskURL(plain) != plain
}

// isSecretParameter knows a name in its escaped form too.
func isSecretParameter(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return IsSecret(name)
}
