package redact

import "strings"

// maxDepth is how many levels of URLs within URLs, and of escapes of escapes, are searched.
const maxDepth = 4

// urlMasker masks the secrets in URLs, and collects them.
type urlMasker struct {
	found []string // the masked secrets
}

func (m *urlMasker) mask(secret string) string {
	if secret != "" {
		m.found = append(m.found, secret)
	}
	return Masked
}

// values returns the masked secrets, as they were and, where that differs, unescaped.
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

// text masks the secrets in the URLs and the parameters of a text.
func (m *urlMasker) text(text string) string {
	if !mayHaveSecret(text) {
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

// mayHaveSecret reports whether a text has one of the characters without which it has neither a parameter,
// nor an escape, nor a user. It is fast, since most texts have none.
func mayHaveSecret(text string) bool {
	return strings.IndexByte(text, '=') >= 0 || strings.IndexByte(text, '%') >= 0 || strings.IndexByte(text, '@') >= 0
}

// word masks a word as a URL only when it looks like one: the user of an email address is not a
// secret.
func (m *urlMasker) word(word string) string {
	if strings.Contains(word, "//") {
		return m.url(word, maxDepth)
	}
	return m.parts(word, maxDepth)
}

func (m *urlMasker) url(s string, depth int) string {
	if !mayHaveSecret(s) {
		return s
	}
	scheme, user, rest := cutUser(s)
	return scheme + m.user(user) + m.parts(rest, depth)
}

// user masks the password, or a name without one.
func (m *urlMasker) user(s string) string {
	name, password, hasPassword := strings.Cut(s, ":")
	switch {
	case s == "":
		return ""
	case hasPassword:
		return name + ":" + m.mask(password)
	}
	return m.mask(s)
}

// cutUser splits a URL into scheme, user and rest; the first two may be missing. When the host would
// have an invalid port, the password contains a delimiter, as in http://user:pass/word@host.
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

// parts masks the secrets in a path and parameters. Some programs separate parameters with ";", or
// append them with a second "?".
func (m *urlMasker) parts(s string, depth int) string {
	var masked strings.Builder
	for s != "" {
		end := separator(s, "?&;#")
		part, isSecret := m.part(s[:end], depth)
		masked.WriteString(part)
		if isSecret { // its value may contain the rarer separators
			end = separator(s, "&#")
			_, value, _ := strings.Cut(s[:end], "=")
			masked.WriteString(m.mask(value))
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

// part masks the secrets in a part without separators. For a parameter with a secret value it returns
// the name.
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
		return s[:path] + m.mask(s[path:]), false
	}
	return s, false
}

// isSecretName is IsSecret for names that may be escaped.
func isSecretName(name string) bool {
	for range maxDepth {
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

// innerURL returns where a URL starts within the text of another one, or -1. One without a scheme
// counts only as the value of a parameter: paths can contain two slashes too.
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

// notScheme reports whether a character is not allowed in a scheme (RFC 3986, section 3.1).
func notScheme(r rune) bool {
	return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("+-.", r)
}

// unescapePercent replaces the escapes of a URL; other text stays unchanged.
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
