package redact

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Secrets are values to mask wherever they occur, such as in the response of an endpoint that repeats
// the request. The zero value is empty. It is safe for concurrent use.
type Secrets struct {
	mu     sync.RWMutex // guards the fields below
	values []string     // unchanged
	folded []string     // as unescape returns them
}

// minLength is the length from which secrets are searched for: a shorter one would mask half of every
// text.
const minLength = 4

// Add adds values.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if len(value) < minLength || slices.Contains(s.values, value) {
			continue
		}
		s.values = append(s.values, value)
		s.folded = append(s.folded, foldPlus(value))
	}
}

// IsEmpty reports whether there are no values. s may be nil.
func (s *Secrets) IsEmpty() bool {
	if s == nil {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.values) == 0
}

// AddURL adds the secrets of a URL, escaped and unescaped, and the header that its user becomes.
func (s *Secrets) AddURL(u *url.URL) { s.AddURLText(u.String()) }

// AddURLText is AddURL for a text that may be a URL.
func (s *Secrets) AddURLText(text string) {
	var m urlMasker
	m.url(text, maxDepth)
	s.Add(m.values()...)
	if _, user, _ := cutUser(text); user != "" {
		name, password, _ := strings.Cut(user, ":")
		s.Add(base64.StdEncoding.EncodeToString([]byte(unescapePercent(name) + ":" + unescapePercent(password))))
	}
}

// AddHeader adds the value of a secret header, with and without a scheme, as in "Bearer abc", and the
// secrets in the URLs of any other header.
func (s *Secrets) AddHeader(name, value string) {
	if !IsSecret(name) {
		var m urlMasker
		m.text(value)
		s.Add(m.values()...)
		return
	}
	s.Add(value)
	scheme, credentials, found := strings.Cut(value, " ")
	switch {
	case strings.EqualFold(name, "Cookie"):
		s.addCookies(value)
	case found:
		s.Add(credentials)
	}
	if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "Basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		s.Add(password)
	}
}

// addCookies adds each value that is long enough for a secret; shorter ones are preferences.
func (s *Secrets) addCookies(line string) {
	const minCookie = 8
	for cookie := range strings.SplitSeq(line, ";") {
		if _, value, _ := strings.Cut(cookie, "="); len(value) >= minCookie {
			s.Add(value)
		}
	}
}

// ellipsis is the end of a truncated text.
const ellipsis = "…"

// Mask masks the secrets in a text, also those that JSON, HTML or a URL has escaped, and escaped again. A
// text that ends with "…" was truncated, possibly in the middle of a secret.
func (s *Secrets) Mask(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.values) == 0 {
		return text
	}
	whole, isTruncated := strings.CutSuffix(text, ellipsis)
	isSecret := make([]bool, len(whole)) // per byte
	found := mark(isSecret, nil, whole, s.values, isTruncated)
	for _, escapes := range escapeSets() {
		plain, at := whole, []int(nil)
		for depth := 0; depth < maxDepth && strings.ContainsAny(plain, escapes); depth++ {
			inner, from := unescape(plain, escapes, isTruncated)
			if at != nil {
				for i := range from {
					from[i] = at[from[i]]
				}
			}
			found = mark(isSecret, from, inner, s.folded, isTruncated) || found
			if inner == plain {
				break
			}
			plain, at = inner, from
		}
	}
	if !found {
		return text
	}
	var masked strings.Builder
	for i, secret := range isSecret {
		switch {
		case !secret:
			masked.WriteByte(whole[i])
		case i == 0 || !isSecret[i-1]:
			masked.WriteString(Masked)
		}
	}
	return masked.String() + text[len(whole):]
}

// MaskCut is Mask for a text that may be truncated, as a field beside it says.
func (s *Secrets) MaskCut(text string, isTruncated bool) string {
	if !isTruncated {
		return s.Mask(text)
	}
	return strings.TrimSuffix(s.Mask(text+ellipsis), ellipsis)
}

// mark marks the bytes of values in a text, and the start of a value at the end of a truncated one.
// Byte i of text is byte at[i] of the text to mask; a nil at means i itself.
func mark(isSecret []bool, at []int, text string, values []string, isTruncated bool) (found bool) {
	set := func(from, to int) {
		if at != nil {
			from, to = at[from], at[to]
		}
		for i := from; i < to; i++ {
			isSecret[i] = true
		}
		found = true
	}
	for _, value := range values {
		for from := 0; ; from += len(value) {
			next := strings.Index(text[from:], value)
			if next < 0 {
				break
			}
			from += next
			set(from, from+len(value))
		}
		if n := overlap(text, value); isTruncated && n >= minLength {
			set(len(text)-n, len(text))
		}
	}
	return found
}

// overlap returns how many bytes at the end of a text are the start of a value.
func overlap(text, value string) int {
	n := min(len(text), len(value))
	for !strings.HasSuffix(text, value[:n]) {
		n--
	}
	return n
}
