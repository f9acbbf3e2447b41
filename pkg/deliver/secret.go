package deliver

import "strings"

// Masked stands in for a secret wherever something is shown to people.
const Masked = "****"

// IsSecret says whether a header or a query parameter of this name holds a
// secret: credentials, cookies, and every name with token, secret, key or
// password in it.
func IsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"authorization", "cookie", "token", "secret", "key", "password"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// MaskURL hides the secrets in the text of a URL: the password, or a user that
// stands alone as a token does, and the values of query parameters whose names
// IsSecret knows. The URL is not parsed, because a malformed one has secrets too.
func MaskURL(s string) string {
	s, fragment, hasFragment := strings.Cut(s, "#")
	s, query, hasQuery := strings.Cut(s, "?")
	s = maskUser(s)
	if hasQuery {
		s += "?" + maskQuery(query)
	}
	if hasFragment {
		s += "#" + fragment
	}
	return s
}

func maskUser(s string) string {
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = "", s
	} else {
		scheme += "://"
	}
	end := strings.IndexByte(rest, '/')
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if at < 0 {
		return s
	}
	user, _, hasPassword := strings.Cut(rest[:at], ":")
	if !hasPassword {
		return scheme + Masked + rest[at:]
	}
	return scheme + user + ":" + Masked + rest[at:]
}

func maskQuery(query string) string {
	parameters := strings.Split(query, "&")
	for i, p := range parameters {
		if name, _, found := strings.Cut(p, "="); found && IsSecret(name) {
			parameters[i] = name + "=" + Masked
		}
	}
	return strings.Join(parameters, "&")
}
