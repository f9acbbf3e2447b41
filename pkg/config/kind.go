package config

import (
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/apizee-hooks/apizee-hooks/pkg/redact"
)

// kind is the type of a value.
type kind int

const (
	text    kind = iota
	address      // a URL, which may have a password
	request      // a method and such a URL
	boolean
	duration
	status
	headerLine
	headers // the values of headers, by name
)

// wants describes a valid value, after "must be".
func (k kind) wants() string {
	switch k {
	case boolean:
		return "true or false"
	case duration:
		return "a duration such as 10s or 500ms"
	case status:
		return "an HTTP status from 200 to 599"
	case headerLine:
		return `a header line such as "X-Api-Key: abc"`
	}
	return "a string"
}

// parse converts text to the Go value of the field. Errors do not quote the value of a
// header.
func (k kind) parse(s string) (any, error) {
	switch k {
	case boolean:
		return parseBool(s)
	case duration:
		return parseDuration(s)
	case status:
		return parseStatus(s)
	case headerLine:
		return parseRequired(s)
	case headers:
		return parseHeaderValue(s)
	}
	return s, nil
}

// cutURL splits a value before its URL, which is empty if the kind has none.
func (k kind) cutURL(s string) (before, url string) {
	switch k {
	case address:
		return "", s
	case request:
		start := strings.IndexByte(s, ' ') + 1
		return s[:start], s[start:]
	}
	return s, ""
}

func mustBe(k kind, s string) error { return fmt.Errorf("must be %s, not %q", k.wants(), s) }

func parseBool(s string) (any, error) {
	b, err := strconv.ParseBool(strings.TrimSpace(s))
	if err != nil {
		return nil, mustBe(boolean, s)
	}
	return b, nil
}

func parseDuration(s string) (any, error) {
	s = strings.TrimSpace(s)
	d, err := time.ParseDuration(s)
	if _, withUnit := time.ParseDuration(s + "ns"); err != nil && withUnit == nil { // unlike "5u", of which "s" makes a unit
		return nil, fmt.Errorf("%q has no unit; use %ss for seconds", s, s)
	}
	if err != nil {
		return nil, mustBe(duration, s)
	}
	if d < 0 {
		return nil, fmt.Errorf("must be 0 or more, not %q", s)
	}
	return d, nil
}

func parseStatus(s string) (any, error) {
	s = strings.TrimSpace(s)
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 3 || n < 200 || n > 599 {
		return nil, mustBe(status, s)
	}
	return n, nil
}

// parseRequired also accepts an empty text, the default, which requires no header.
func parseRequired(s string) (any, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	name, value, err := splitHeader(s)
	if err != nil {
		return nil, err
	}
	return headerText(name, value), nil
}

// splitHeader parses "Name: value", or "Name;" for an empty value. It returns the name in
// canonical form, and the value without the space around it.
func splitHeader(line string) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
	if empty, ok := strings.CutSuffix(strings.TrimSpace(line), ";"); ok && !found {
		name, found = empty, true
	}
	if !found {
		return "", "", errors.New(`the colon is missing; use "Name: value"`)
	}
	if name, err = headerName(name); err != nil {
		return "", "", fmt.Errorf(`%w; use "Name: value"`, err)
	}
	checked, err := parseHeaderValue(value)
	if err != nil {
		return "", "", err
	}
	return name, checked.(string), nil
}

// headerName returns the canonical form of a header name, a token of RFC 9110, section
// 5.6.2.
func headerName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if before, _, found := strings.Cut(name, ":"); found {
		return "", fmt.Errorf("the name %q is followed by a colon; put the value outside of the quotes", before)
	}
	if !httpguts.ValidHeaderFieldName(name) {
		if start := redact.HeaderStart(name); start != name {
			name = start + "…"
		}
		return "", fmt.Errorf("%q is not a valid header name", name)
	}
	return textproto.CanonicalMIMEHeaderKey(name), nil
}

// parseHeaderValue rejects line breaks and other control characters (RFC 9110, section
// 5.5). The error does not quote the value, which may be a secret.
func parseHeaderValue(s string) (any, error) {
	s = strings.TrimSpace(s)
	if !httpguts.ValidHeaderFieldValue(s) {
		return nil, errors.New("a header value must not have line breaks or other control characters")
	}
	return s, nil
}

// headerText is the line of a header, "Name;" if its value is empty.
func headerText(name, value string) string {
	if value == "" {
		return name + ";"
	}
	return name + ": " + value
}
