package config

import (
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// kind is what a key's text must be.
type kind int

const (
	text    kind = iota
	address      // of a target; a text that may hold a password
	boolean
	duration
	status
	headerLine
	headers // values of single headers, each under its name
)

// wants completes the sentence "it must be ...".
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
	return "a text"
}

// parse turns text into the Go value the key's field takes. Its errors never
// repeat the value of a header.
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

func parseBool(s string) (any, error) {
	b, err := strconv.ParseBool(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Errorf("%q is not %s", s, boolean.wants())
	}
	return b, nil
}

func parseDuration(s string) (any, error) {
	s = strings.TrimSpace(s)
	d, err := time.ParseDuration(s)
	if _, numErr := strconv.ParseFloat(s, 64); err != nil && numErr == nil {
		return nil, fmt.Errorf("%q has no unit; write %ss for seconds", s, s)
	}
	if err != nil {
		return nil, fmt.Errorf("%q is not %s", s, duration.wants())
	}
	if d < 0 {
		return nil, fmt.Errorf("%q is negative; it must be %s", s, duration.wants())
	}
	return d, nil
}

func parseStatus(s string) (any, error) {
	s = strings.TrimSpace(s)
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 3 || n < 200 || n > 599 {
		return nil, fmt.Errorf("%q is not %s", s, status.wants())
	}
	return n, nil
}

// parseRequired takes the empty text, the default: no header is required then.
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

// splitHeader takes "Name: value", or "Name;" for an empty value, apart and checks both. The name comes back in
// canonical form, the value without the space around it.
func splitHeader(line string) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
	if empty, ok := strings.CutSuffix(strings.TrimSpace(line), ";"); ok && !found {
		name, found = empty, true
	}
	if !found {
		return "", "", errors.New(`there is no colon in it; write "Name: value"`)
	}
	if name, err = headerName(name); err != nil {
		return "", "", err
	}
	checked, err := parseHeaderValue(value)
	if err != nil {
		return "", "", err
	}
	return name, checked.(string), nil
}

// headerName is the canonical form of a field name, which is a token of
// RFC 9110, section 5.6.2.
func headerName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if before, _, found := strings.Cut(name, ":"); found {
		return "", fmt.Errorf("%q is followed by a colon that is a part of the name; leave the value out of the quotes", before)
	}
	if !httpguts.ValidHeaderFieldName(name) {
		return "", fmt.Errorf("%q is not a header name", name)
	}
	return textproto.CanonicalMIMEHeaderKey(name), nil
}

// parseHeaderValue refuses what would end the field or hide in it (RFC 9110,
// section 5.5). The error does not show the value, which may be a secret.
func parseHeaderValue(s string) (any, error) {
	s = strings.TrimSpace(s)
	if !httpguts.ValidHeaderFieldValue(s) {
		return nil, errors.New("a header value cannot hold line breaks or other control characters")
	}
	return s, nil
}

// headerText is the line of a header; one with an empty value ends in a semicolon.
func headerText(name, value string) string {
	if value == "" {
		return name + ";"
	}
	return name + ": " + value
}
