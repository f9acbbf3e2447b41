package deliver

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Secrets are values that must not be shown wherever they turn up, such as in the reply of
// an endpoint that repeats what it got. The zero value has none. It is not safe for
// concurrent use.
type Secrets struct {
	values []string // the longest first

	// What they are looked for with; nil is to be made when it is needed.
	plain          *strings.Replacer
	escaped, begun *regexp.Regexp
}

// leastSecret is how long a secret must be to be searched for: a shorter one
// would blank out half of every text.
const leastSecret = 4

// Add adds values.
func (s *Secrets) Add(values ...string) {
	before := len(s.values)
	for _, value := range values {
		if len(value) >= leastSecret && !slices.Contains(s.values, value) {
			s.values = append(s.values, value)
		}
	}
	if len(s.values) == before {
		return
	}
	// Nothing of one must stay when another is a part of it.
	slices.SortStableFunc(s.values, func(a, b string) int { return len(b) - len(a) })
	s.plain, s.escaped, s.begun = nil, nil, nil
}

// AddTarget adds the secrets of a target's URL and headers.
func (s *Secrets) AddTarget(t Target) {
	s.AddURL(t.URL)
	for _, h := range t.Headers {
		s.AddHeader(h)
	}
}

// AddURL adds the secrets of a URL, and the header that its user becomes.
func (s *Secrets) AddURL(u *url.URL) {
	s.Add(URLSecrets(u)...)
	if u.User != nil {
		password, _ := u.User.Password()
		s.Add(base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password)))
	}
}

// AddHeader adds what a secret header holds, with and without the scheme before
// it, as in "Bearer abc", and of other headers the secrets of the URLs in them.
func (s *Secrets) AddHeader(h Header) {
	if !IsSecret(h.Name) {
		var m masking
		m.words(h.Value)
		s.Add(m.values()...)
		return
	}
	s.Add(h.Value)
	scheme, credentials, found := strings.Cut(h.Value, " ")
	switch {
	case strings.EqualFold(h.Name, "Cookie"):
		s.addCookies(h.Value)
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

// Mask hides the secrets in a text, also where JSON, HTML or a URL has escaped them. The
// text may have been cut off, with "…" in place of the rest, in the middle of one.
func (s *Secrets) Mask(text string) string {
	if len(s.values) == 0 || text == "" {
		return text
	}
	if strings.ContainsAny(text, `\%&+`) {
		text = s.escapedForms().ReplaceAllLiteralString(text, Masked)
	}
	text = s.plainForms().Replace(text)
	if strings.HasSuffix(text, cutMark) {
		text = s.begunForms().ReplaceAllLiteralString(text, Masked+cutMark)
	}
	return text
}

// cutMark stands where the rest of a text was left out.
const cutMark = "…"

func (s *Secrets) plainForms() *strings.Replacer {
	if s.plain == nil {
		var pairs []string
		for _, value := range s.values {
			pairs = append(pairs, value, Masked)
		}
		s.plain = strings.NewReplacer(pairs...)
	}
	return s.plain
}

func (s *Secrets) escapedForms() *regexp.Regexp {
	if s.escaped == nil {
		s.escaped = anyForm(s.values, escapedForm, "")
	}
	return s.escaped
}

func (s *Secrets) begunForms() *regexp.Regexp {
	if s.begun == nil {
		s.begun = anyForm(s.values, begunForm, begunEscape+cutMark+"$")
	}
	return s.begun
}
