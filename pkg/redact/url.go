package redact

import "strings"

// deepest is how many URLs within URLs, and escapes of escapes, are looked into.
const deepest = 4

// urlMasker hides the secrets in URLs, and remembers them.
type urlMasker struct {
	found []string // what it hid
}

func (m *urlMasker) hide(secret string) string {
	if secret != "" {
		m.found = append(m.found, secret)
	}
	return Masked
}

// values are what it hid: as it stood there, and as it was meant where that differs.
func (m *urlMasker) values() []string {
	var values []string
	for _, value := range m.found {
		values = append(values, value)
		if plain := unescapePercent(value); plain != value {
			values = append(values, plain)
		}
	}
	return values
}

// words hides the secrets in the URLs and the parameters of a text.
func (m *urlMasker) words(text string) string {
	if !strings.ContainsAny(text, "=%@") {
		return text
	}
	var masked strings.Builder
	for text != "" {
		end := separator(text, " \t\n,<>\"'")
		masked.WriteString(m.word(text[:end]))
		if end < len(text) {
			masked.WriteByte(text[end])
			end++
		}
		text = text[end:]
	}
	return masked.String()
}

// word takes a word for a URL only where it looks like one: an address of mail has a
// user that is no secret.
func (m *urlMasker) word(word string) string {
	if strings.Contains(word, "//") {
		return m.url(word, deepest)
	}
	return m.parts(word, deepest)
}

func (m *urlMasker) url(s string, depth int) string {
	scheme, user, rest := cutUser(s)
	return scheme + m.user(user) + m.parts(rest, depth)
}

// user hides the password, or a name that stands alone.
func (m *urlMasker) user(s string) string {
	name, password, hasPassword := strings.Cut(s, ":")
	switch {
	case s == "":
		return ""
	case hasPassword:
		return name + ":" + m.hide(password)
	}
	return m.hide(s)
}

// cutUser cuts a URL behind its scheme and user, which may be missing. Where the
// host would have no port that is one, a password holds what ends a host, as in
// http://user:pass/word@host.
func cutUser(s string) (scheme, user, rest string) {
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
		return s[:start], s[start : start+at], s[start+at:]
	}
	host := s[start:end]
	host = host[strings.LastIndexByte(host, ']')+1:] // of an IPv6 address only the port
	if _, port, found := strings.Cut(host, ":"); found && strings.ContainsFunc(port, func(r rune) bool { return !isDigit(r) }) {
		if at := strings.LastIndexByte(s, '@'); at > end {
			return s[:start], s[start:at], s[at:]
		}
	}
	return s[:start], "", s[start:]
}

// parts hides the secrets in what stands between separators: a path, or parameters, which
// some separate with ";", and those that add to a URL without looking with a second "?".
func (m *urlMasker) parts(s string, depth int) string {
	var masked strings.Builder
	for s != "" {
		end := separator(s, "?&;#")
		part, isSecret := m.part(s[:end], depth)
		masked.WriteString(part)
		if isSecret { // its value may hold the rarer separators
			end = separator(s, "&#")
			_, value, _ := strings.Cut(s[:end], "=")
			masked.WriteString(m.hide(value))
		}
		if end < len(s) {
			masked.WriteByte(s[end])
			end++
		}
		s = s[end:]
	}
	return masked.String()
}

func separator(s, separators string) int {
	if end := strings.IndexAny(s, separators); end >= 0 {
		return end
	}
	return len(s)
}

// part hides the secrets in what holds no separator. Of a parameter whose value is secret
// it leaves the name.
func (m *urlMasker) part(s string, depth int) (masked string, isSecret bool) {
	name, value, isParameter := strings.Cut(s, "=")
	switch {
	case isParameter && isSecretName(name):
		return name + "=", true
	case depth == 0:
		return s, false
	}
	if at := innerURL(s); at >= 0 {
		return s[:at] + m.url(s[at:], depth-1), false
	}
	if isParameter {
		if m.isEscapedSecret(value, depth) {
			return name + "=", true
		}
		return s, false
	}
	path := strings.LastIndexByte(s[:separator(s, "%")], '/') + 1
	if m.isEscapedSecret(s[path:], depth) {
		return s[:path] + m.hide(s[path:]), false
	}
	return s, false
}

// isSecretName knows a name in its escaped forms too.
func isSecretName(name string) bool {
	for range deepest {
		plain := unescapePercent(name)
		if plain == name {
			break
		}
		name = plain
	}
	return IsSecret(name)
}

func (m *urlMasker) isEscapedSecret(s string, depth int) bool {
	var inner urlMasker
	if plain := unescapePercent(s); plain == s || inner.url(plain, depth-1) == plain {
		return false
	}
	m.found = append(m.found, inner.found...)
	return true
}

// innerURL is where a URL begins within the text of another one, or -1. One without a
// scheme is known as the value of a parameter only: paths hold two slashes too.
func innerURL(s string) int {
	bare := strings.Index(s, "=//")
	at := strings.Index(s, "://")
	switch {
	case bare >= 0 && (at < 0 || bare < at):
		return bare + len("=")
	case at < 0:
		return -1
	}
	return strings.LastIndexFunc(s[:at], notScheme) + 1
}

// notScheme finds what cannot be in the name of a scheme (RFC 3986, section 3.1).
func notScheme(r rune) bool {
	return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("+-.", r)
}

// unescapePercent replaces the escapes of a URL, and leaves alone what is none.
func unescapePercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	plain := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if b, ok := hexadecimal(s[i+1:], 2); ok && s[i] == '%' {
			plain = append(plain, byte(b))
			i += 2
			continue
		}
		plain = append(plain, s[i])
	}
	return string(plain)
}
