package deliver

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Secrets are values that must not be shown wherever they turn up, such as in the reply of
// an endpoint that repeats what it got. The zero value has none. It is not safe for
// concurrent use.
type Secrets struct {
	values   []string
	forms    []string // that the values take, the longest first
	replacer *strings.Replacer
}

// leastSecret is how long a secret must be to be searched for: a shorter one
// would blank out half of every text.
const leastSecret = 4

// Add adds values.
func (s *Secrets) Add(values ...string) {
	for _, value := range values {
		if len(value) < leastSecret || slices.Contains(s.values, value) {
			continue
		}
		s.values, s.replacer = append(s.values, value), nil
	}
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
	if _, credentials, found := strings.Cut(h.Value, " "); found {
		s.Add(credentials)
	}
}

// Mask hides the secrets in a text, also where JSON, HTML or a URL has escaped them. The
// text may have been cut off, with "…" in place of the rest, in the middle of one.
func (s *Secrets) Mask(text string) string {
	if len(s.values) == 0 {
		return text
	}
	if s.replacer == nil {
		s.prepare()
	}
	return s.maskEnd(s.replacer.Replace(text))
}

// prepare looks for the longest first, so that nothing of one stays when
// another is a part of it.
func (s *Secrets) prepare() {
	s.forms = nil
	for _, value := range s.values {
		s.forms = append(s.forms, escapedForms(value)...)
	}
	slices.SortFunc(s.forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	s.forms = slices.Compact(s.forms)
	pairs := make([]string, 0, 2*len(s.forms))
	for _, form := range s.forms {
		pairs = append(pairs, form, Masked)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// escapedForms are the value and what becomes of it in JSON, HTML and URLs.
func escapedForms(value string) []string {
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value), html.EscapeString(value)}
	forms = append(forms, strings.ReplaceAll(forms[3], "&#34;", "&quot;"))
	marshaled, _ := json.Marshal(value) // a string always can be
	for _, quoted := range []string{string(marshaled), strconv.Quote(value), strconv.QuoteToASCII(value)} {
		inside := quoted[1 : len(quoted)-1]
		forms = append(forms, inside, strings.ReplaceAll(inside, "/", `\/`))
	}
	return forms
}

// maskEnd hides the beginning of a secret at the end of a text.
func (s *Secrets) maskEnd(text string) string {
	cut, isCut := strings.CutSuffix(text, "…")
	if !isCut {
		return text
	}
	for _, form := range s.forms {
		for n := min(len(form)-1, len(cut)); n >= leastSecret; n-- {
			if before, found := strings.CutSuffix(cut, form[:n]); found {
				return before + Masked + "…"
			}
		}
	}
	return text
}
