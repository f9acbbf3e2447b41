package config

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// splitHeader takes "Name: value" apart and checks both. The name comes back in
// canonical form, the value without the space around it.
func splitHeader(line string) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
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
	if name == "" || strings.ContainsFunc(name, notToken) {
		return "", fmt.Errorf("%q is not a header name", name)
	}
	return textproto.CanonicalMIMEHeaderKey(name), nil
}

func notToken(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// parseHeaderValue refuses what would end the field or hide in it (RFC 9110,
// section 5.5). The error does not show the value, which may be a secret.
func parseHeaderValue(s string) (any, error) {
	s = strings.TrimSpace(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return nil, errors.New("a header value cannot hold line breaks or other control characters")
	}
	return s, nil
}

// headerText is the line of a header; one without a value ends at the colon.
func headerText(name, value string) string {
	if value == "" {
		return name + ":"
	}
	return name + ": " + value
}
