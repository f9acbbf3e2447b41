package deliver

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// Header is one header of a request, or the wish that one is not sent.
type Header struct {
	Name  string
	Value string

	// Remove takes away a default header of this name. Value is then empty.
	Remove bool
}

// ParseHeader reads "Name: value". As to curl, "Name:" is a removal, and "Name;" a header
// with an empty value. An error never shows the value.
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

// NewHeader checks a name and a value. Space around the value is dropped, as it means
// nothing (RFC 9110, section 5.5). An error never shows the value.
func NewHeader(name, value string) (Header, error) {
	value = strings.Trim(value, " \t")
	h := Header{Name: name, Value: value}
	switch {
	case name == "":
		return Header{}, errors.New("header has no name before the colon; write it as 'Name: value'")
	case strings.ContainsAny(name, " \t"):
		return Header{}, fmt.Errorf("header %q: there is a space in the name", safePart(name))
	case !httpguts.ValidHeaderFieldName(name):
		return Header{}, fmt.Errorf("header %q: the name may hold letters, digits and !#$%%&'*+-.^_`|~ only", safePart(name))
	case !httpguts.ValidHeaderFieldValue(value):
		return Header{}, fmt.Errorf("header %q: the value holds a line break or another control character", name)
	case isFraming(name):
		return Header{}, fmt.Errorf("header %q cannot be set: it follows from the body", name)
	case value == "" && strings.EqualFold(name, host):
		return Header{}, fmt.Errorf("header %q cannot be removed: HTTP/1.1 demands it", name)
	}
	return h, nil
}

// String is the header as ParseHeader and curl read it, secrets included.
func (h Header) String() string {
	switch {
	case h.Remove:
		return h.Name + ":"
	case h.Value == "":
		return h.Name + ";"
	}
	return h.Name + ": " + h.Value
}

// Hide is the header with what is secret in its value masked.
func (h Header) Hide() Header {
	if !h.Remove {
		h.Value = redact.Header(h.Name, h.Value)
	}
	return h
}

// Override puts one layer of headers over another: what over names, base loses. A
// removal stays in the result, to take away a default later on.
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
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// isFraming says whether a header tells where the body ends. These are the sender's
// business, and the HTTP library would drop them without a word.
func isFraming(name string) bool {
	for _, framing := range []string{contentLength, "Transfer-Encoding", "Trailer"} {
		if strings.EqualFold(name, framing) {
			return true
		}
	}
	return false
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// noColon does not show a word that stands alone: it may be a secret whose name was
// forgotten.
func noColon(s string) string {
	const what = "has no colon; write it as 'Name: value'"
	if part := safePart(s); part != "" && len(part) < len(s) {
		return fmt.Sprintf("header %q %s", part, what)
	}
	return "header " + what
}

// safePart is the start of a malformed header that may be shown. In
// "Authorization Bearer abc" what follows the first word is a secret.
func safePart(s string) string {
	const most = 20
	end := strings.IndexFunc(s, func(r rune) bool { return !isLetter(r) && r != '-' })
	if end < 0 {
		end = len(s)
	}
	return s[:min(end, most)]
}
