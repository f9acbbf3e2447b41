package deliver

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Header is one header of a request, or the removal of one.
type Header struct {
	Name  string
	Value string

	// Remove removes the default header of this name. Value is then empty.
	Remove bool
}

// ParseHeader parses "Name: value". As in curl, "Name:" is a removal, and "Name;" a header with an empty
// value. An error never shows the value.
func ParseHeader(s string) (Header, error) {
	name, value, found := strings.Cut(s, ":")
	if empty, ok := strings.CutSuffix(strings.TrimRight(s, " \t"), ";"); ok && !found {
		return NewHeader(empty, "")
	}
	if !found {
		return Header{}, errors.New(noColon(s))
	}
	h, err := NewHeader(name, value)
	if err == nil && h.Value == "" {
		h.Remove = true
	}
	return h, err
}

// NewHeader checks a name and a value. Space around the value is removed, since it has no meaning
// (RFC 9110, section 5.5). An error never shows the value.
func NewHeader(name, value string) (Header, error) {
	value = strings.Trim(value, " \t")
	h := Header{Name: name, Value: value}
	switch {
	case name == "":
		return Header{}, errors.New("header has no name before the colon; write it as 'Name: value'")
	case strings.ContainsAny(name, " \t"):
		return Header{}, fmt.Errorf("header %q: the name has a space", redact.HeaderStart(name))
	case !httpguts.ValidHeaderFieldName(name):
		return Header{}, fmt.Errorf("header %q: the name must consist of letters, digits and !#$%%&'*+-.^_`|~", redact.HeaderStart(name))
	case !httpguts.ValidHeaderFieldValue(value):
		return Header{}, fmt.Errorf("header %q: the value has a line break or another control character", name)
	case isFraming(name):
		return Header{}, fmt.Errorf("header %q cannot be set: it follows from the body", name)
	case value == "" && strings.EqualFold(name, host):
		return Header{}, fmt.Errorf("header %q cannot be removed: HTTP/1.1 requires it", name)
	}
	return h, nil
}

// String returns the form that ParseHeader and curl accept, secrets included.
func (h Header) String() string {
	switch {
	case h.Remove:
		return h.Name + ":"
	case h.Value == "":
		return h.Name + ";"
	}
	return h.Name + ": " + h.Value
}

// Mask returns the header with secrets masked.
func (h Header) Mask() Header {
	if !h.Remove {
		h.Value = redact.Header(h.Name, h.Value)
	}
	return h
}

// Override returns the headers of base, without those that over has, and those of over. Removals are
// kept, for a later default.
func Override(base, over []Header) []Header {
	merged := make([]Header, 0, len(base)+len(over))
	for _, h := range base {
		if !names(over, h.Name) {
			merged = append(merged, h)
		}
	}
	return append(merged, over...)
}

func names(headers []Header, name string) bool {
	return slices.ContainsFunc(headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
}

// isFraming reports whether a header is about the end of the body. net/http sets these, and would
// silently drop the user's.
func isFraming(name string) bool {
	framing := []string{contentLength, "Transfer-Encoding", "Trailer"}
	return slices.ContainsFunc(framing, func(f string) bool { return strings.EqualFold(name, f) })
}

// noColon does not show a single word: it may be a secret whose name was forgotten.
func noColon(s string) string {
	const what = "has no colon; write it as 'Name: value'"
	if part := redact.HeaderStart(s); part != "" && len(part) < len(s) {
		return fmt.Sprintf("header %q %s", part, what)
	}
	return "header " + what
}
