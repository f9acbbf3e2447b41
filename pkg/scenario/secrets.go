package scenario

import (
	"regexp"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

// secrets are values that must not be shown, wherever they turn up.
type secrets struct {
	values   []string
	replacer *strings.Replacer
}

// leastSecret is how long a secret must be to be searched for: a shorter one
// would blank out half of every text.
const leastSecret = 4

func (s *secrets) add(values ...string) {
	for _, value := range values {
		if len(value) < leastSecret || slices.Contains(s.values, value) {
			continue
		}
		s.values, s.replacer = append(s.values, value), nil
	}
}

// addHeader adds what a secret header holds, with and without the scheme before
// it, as in "Bearer abc".
func (s *secrets) addHeader(h deliver.Header) {
	if h.Remove || !deliver.IsSecret(h.Name) {
		return
	}
	s.add(h.Value)
	if _, credentials, found := strings.Cut(h.Value, " "); found {
		s.add(credentials)
	}
}

// keyBefore finds what may be the name of a key or of a header, in front of its value.
var keyBefore = regexp.MustCompile(`([\w.-]+)['"]?\s*:`)

// safeSource is a line of a file, or "" when it names a secret or has a URL with
// one: while a file is being read nobody knows yet where the secret ends.
func safeSource(line string) string {
	for field := range strings.FieldsSeq(line) {
		if field = strings.Trim(field, `'"`); strings.Contains(field, "://") && deliver.MaskURL(field) != field {
			return ""
		}
	}
	for _, key := range keyBefore.FindAllStringSubmatch(line, -1) {
		if deliver.IsSecret(key[1]) {
			return ""
		}
	}
	return line
}

func (s *secrets) mask(text string) string {
	if len(s.values) == 0 {
		return text
	}
	if s.replacer == nil {
		s.replacer = s.newReplacer()
	}
	return s.replacer.Replace(text)
}

// newReplacer looks for the longest first, so that nothing of one stays when
// another is a part of it.
func (s *secrets) newReplacer() *strings.Replacer {
	ordered := slices.Clone(s.values)
	slices.SortStableFunc(ordered, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(ordered))
	for _, value := range ordered {
		pairs = append(pairs, value, deliver.Masked)
	}
	return strings.NewReplacer(pairs...)
}

func (s *secrets) maskAll(texts []string) []string {
	for i := range texts {
		texts[i] = s.mask(texts[i])
	}
	return texts
}
