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
		name, value, _ := strings.Cut(p, "=")
		if !isSecretParameter(name) || value == "" {
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
		if name, _, found := strings.Cut(p, "="); found && isSecretParameter(name) {
			parameters[i] = name + "=" + Masked
		}
	}
	return strings.Join(parameters, "&")
}

// isSecretParameter knows a name in its escaped form too.
func isSecretParameter(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return IsSecret(name)
}
