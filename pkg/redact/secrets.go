package redact

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Secrets are values that must not be shown wherever they turn up, such as in the reply of
// an endpoint that repeats what it got. The zero value has none. It may be used by several
// goroutines at once.
type Secrets struct {
	mu     sync.RWMutex // guards what follows
	values []string     // as they were given
	folded []string     // as unescape gives them
}

// leastSecret is how long a secret must be to be searched for: a shorter one
// would blank out half of every text.
const leastSecret = 4

// Add adds values.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if len(value) < leastSecret || slices.Contains(s.values, value) {
			continue
		}
		s.values = append(s.values, value)
		s.folded = append(s.folded, foldPlus(value))
	}
}

// IsEmpty reports whether nothing is known; nil knows nothing.
func (s *Secrets) IsEmpty() bool {
	if s == nil {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.values) == 0
}

// AddURL adds the secrets of a URL, as they stand in it and as they are meant, and the
// header that its user becomes.
func (s *Secrets) AddURL(u *url.URL) {
	s.AddURLText(u.String())
	if u.User != nil {
		password, _ := u.User.Password()
		s.Add(base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password)))
	}
}

// AddURLText adds those of what may be a URL.
func (s *Secrets) AddURLText(text string) {
	var m urlMasker
	m.url(text, deepest)
	s.Add(m.values()...)
}

// AddHeader adds what a secret header holds, with and without the scheme before
// it, as in "Bearer abc", and of other headers the secrets of the URLs in them.
func (s *Secrets) AddHeader(name, value string) {
	if !IsSecret(name) {
		var m urlMasker
		m.words(value)
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

// addCookies adds each value that is long enough for a secret, and not for a preference.
func (s *Secrets) addCookies(line string) {
	const least = 8
	for cookie := range strings.SplitSeq(line, ";") {
		if _, value, _ := strings.Cut(cookie, "="); len(value) >= least {
			s.Add(value)
		}
	}
}

// cutMark stands where the rest of a text was left out.
const cutMark = "…"

// Mask hides the secrets in a text, also where JSON, HTML or a URL has escaped them. The
// text may have been cut off, with "…" in place of the rest, in the middle of one.
func (s *Secrets) Mask(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.values) == 0 {
		return text
	}
	whole, isCut := strings.CutSuffix(text, cutMark)
	hidden := make([]bool, len(whole)) // by byte
	found := mark(hidden, nil, whole, s.values, isCut)
	for _, escapes := range readings() {
		if strings.ContainsAny(whole, escapes) {
			plain, at := unescape(whole, escapes, isCut)
			found = mark(hidden, at, plain, s.folded, isCut) || found
		}
	}
	if !found {
		return text
	}
	var masked strings.Builder
	for i, isHidden := range hidden {
		switch {
		case !isHidden:
			masked.WriteByte(whole[i])
		case i == 0 || !hidden[i-1]:
			masked.WriteString(Masked)
		}
	}
	return masked.String() + text[len(whole):]
}

// mark notes where values stand in a text, and at the end of one that is cut off where one
// begins. Its byte i is that of index at[i] in what is masked; nil at is i itself.
func mark(hidden []bool, at []int, text string, values []string, isCut bool) (found bool) {
	hide := func(from, to int) {
		if at != nil {
			from, to = at[from], at[to]
		}
		for i := from; i < to; i++ {
			hidden[i] = true
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
			hide(from, from+len(value))
		}
		if begun := begins(text, value); isCut && begun >= leastSecret {
			hide(len(text)-begun, len(text))
		}
	}
	return found
}

// begins is how many bytes at the end of a text are the beginning of a value.
func begins(text, value string) int {
	n := min(len(text), len(value))
	for !strings.HasSuffix(text, value[:n]) {
		n--
	}
	return n
}
