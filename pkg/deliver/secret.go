package deliver

import (
	"net/url"
	"strconv"
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
// the name says so, and otherwise the secrets of its URLs and parameters.
func MaskHeader(name, value string) string {
	if IsSecret(name) {
		return Masked
	}
	if !strings.ContainsAny(value, "=%@") {
		return value
	}
	var masked strings.Builder
	for value != "" {
		end := strings.IndexAny(value, " \t,<>\"'")
		if end < 0 {
			end = len(value)
		}
		masked.WriteString(maskWord(value[:end]))
		if end < len(value) {
			masked.WriteByte(value[end])
			end++
		}
		value = value[end:]
	}
	return masked.String()
}

// maskWord takes a word for a URL only where it looks like one: an address of mail has a
// user that is no secret.
func maskWord(word string) string {
	if strings.Contains(word, "//") {
		return MaskURL(word)
	}
	return new(masking).parts(word, deepest)
}

// MaskURL hides the secrets in the text of a URL: the password, or a user that
// stands alone as a token does, and the values of parameters whose names IsSecret
// knows, wherever they stand and however they are escaped. The URL is not parsed, because
// a malformed one has secrets too.
func MaskURL(s string) string { return new(masking).url(s, deepest) }

// URLSecrets are the values that MaskURL hides in a URL: as they stand in it, and
// as they are meant where that differs.
func URLSecrets(u *url.URL) []string {
	var values []string
	if password, ok := u.User.Password(); ok {
		values = append(values, password)
	} else if u.User != nil {
		values = append(values, u.User.Username())
	}
	var query masking
	query.parts("?"+u.RawQuery, deepest)
	for _, value := range query.found {
		values = append(values, value)
		if plain := unescape(value); plain != value {
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
	} else if strings.HasPrefix(s, "//") {
		start = len("//")
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
	scheme, user := "", s
	if before, after, found := strings.Cut(s, "//"); found {
		scheme, user = before+"//", after
	}
	if name, _, hasPassword := strings.Cut(user, ":"); hasPassword {
		return scheme + name + ":" + Masked
	}
	return scheme + Masked
}

// deepest is how many URLs within URLs, and escapes of escapes, are looked into.
const deepest = 4

// masking hides secrets.
type masking struct {
	found []string // the values of parameters that it hid
}

func (m *masking) url(s string, depth int) string {
	user, rest := cutUser(s)
	return maskUser(user) + m.parts(rest, depth)
}

// parts hides the secrets in what stands between separators: a path, or parameters, which
// some separate with ";", and those that add to a URL without looking with a second "?".
func (m *masking) parts(s string, depth int) string {
	var masked strings.Builder
	for s != "" {
		end := separator(s, "?&;#")
		part, secret := m.part(s[:end], depth)
		if secret { // whose value may hold the rarer separators
			end = separator(s, "&#")
		}
		masked.WriteString(part)
		if secret {
			_, value, _ := strings.Cut(s[:end], "=")
			if value != "" {
				m.found = append(m.found, value)
			}
		}
		if end < len(s) {
			masked.WriteByte(s[end])
			end++
		}
		s = s[end:]
	}
	return masked.String()
}

func separator(s, any string) int {
	if end := strings.IndexAny(s, any); end >= 0 {
		return end
	}
	return len(s)
}

// part says, too, whether the rest of a parameter is secret.
func (m *masking) part(s string, depth int) (masked string, secret bool) {
	name, _, isParameter := strings.Cut(s, "=")
	switch {
	case isParameter && IsSecret(unescape(name)):
		return name + "=" + Masked, true
	case depth == 0:
		return s, false
	}
	if at := innerURL(s); at >= 0 {
		return s[:at] + m.url(s[at:], depth-1), false
	}
	if plain := unescape(s); plain == s || new(masking).url(plain, depth-1) == plain {
		return s, false
	}
	if isParameter {
		return name + "=" + Masked, true
	}
	return Masked, false
}

// innerURL is where a URL begins within the text of another one, or -1.
func innerURL(s string) int {
	from := 0
	if scheme := strings.Index(s, "://"); scheme >= 0 && !strings.ContainsFunc(s[:scheme], notScheme) {
		from = scheme + len("://")
	}
	at := strings.Index(s[from:], "://")
	if at < 0 {
		return -1
	}
	return from + strings.LastIndexFunc(s[from:from+at], notScheme) + 1
}

// unescape replaces the escapes of a URL, and leaves alone what is none.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	plain := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				plain = append(plain, byte(b))
				i += 2
				continue
			}
		}
		plain = append(plain, s[i])
	}
	return string(plain)
}
