package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 200 || n > 599 {
		return nil, fmt.Errorf("%q is not %s", s, status.wants())
	}
	return n, nil
}

// parseRequired takes the empty text too: no header is required then.
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
