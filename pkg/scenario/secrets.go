package scenario

import (
	"regexp"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/deliver"
)

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

func maskAll(s *deliver.Secrets, texts []string) []string {
	for i := range texts {
		texts[i] = s.Mask(texts[i])
	}
	return texts
}
