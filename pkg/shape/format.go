package shape

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Formats is a set of what texts look like: bit i is the i-th of formats.
type Formats uint16

var formats = [...]redact.Kind{
	redact.KindText, redact.KindEmpty, redact.KindUUID, redact.KindUID, redact.KindDateTime, redact.KindDate, redact.KindEmail,
	redact.KindPhone, redact.KindURI, redact.KindIP, redact.KindInteger, redact.KindDecimal, redact.KindToken,
}

// anyText is what a free text looks like.
const anyText Formats = 1

// formatOf returns what a text looks like, a set with one element. A time that differs from the
// documented form is a free text.
func formatOf(text string) Formats {
	kind := redact.Classify(text)
	if kind == redact.KindDateTime && !apizee.IsDateTime(text) {
		return anyText
	}
	return 1 << max(slices.Index(formats[:], kind), 0)
}

// parseFormat returns the format of a name, 0 if there is none.
func parseFormat(name string) Formats {
	if i := slices.Index(formats[:], redact.Kind(name)); i >= 0 {
		return 1 << i
	}
	return 0
}

// names returns the names of the formats.
func (s Formats) names() []string {
	names := make([]string, 0, bits.OnesCount16(uint16(s)))
	for i, kind := range formats {
		if s&(1<<i) != 0 {
			names = append(names, string(kind))
		}
	}
	return names
}

// String returns the names as words of a sentence.
func (s Formats) String() string { return strings.Join(s.names(), " or ") }
