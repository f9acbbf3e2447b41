package recording

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/apizee-hooks/apizee-hooks/pkg/apizee"
)

// appendLine adds the line of an entry, with the newline. The members always come in
// the same order, and headers sorted, so that two recordings can be compared.
func appendLine(dst []byte, e Entry, mask func(name, value string) string) ([]byte, error) {
	dst = append(dst, `{"receivedAt":"`...)
	dst = e.ReceivedAt.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = appendText(append(dst, `","method":`...), e.Method)
	dst = appendText(append(dst, `,"path":`...), escapePath(e.Path))
	dst = appendHeaders(append(dst, `,"headers":`...), e.Headers, mask)
	dst = appendRawHeaders(dst, e.Headers, mask)
	dst = appendBody(dst, e.Body)
	dst = strconv.AppendInt(append(dst, `,"status":`...), int64(e.Status), 10)
	dst, err := appendFindings(append(dst, `,"findings":`...), e.Findings)
	return append(dst, "}\n"...), err
}

// appendText replaces what is not UTF-8, which JSON has no way to hold.
func appendText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

func appendHeaders(dst []byte, headers map[string][]string, mask func(name, value string) string) []byte {
	var room [16]string // keeps the names of a usual request off the heap
	names := slices.AppendSeq(room[:0], maps.Keys(headers))
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ":["...)
		for j, value := range headers[name] {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = appendText(dst, mask(name, value))
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendRawHeaders adds the bytes of the headers that appendHeaders has changed, if there are any.
func appendRawHeaders(dst []byte, headers map[string][]string, mask func(name, value string) string) []byte {
	var raw map[string][][]byte
	for name, values := range headers {
		if !slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) && !utf8.ValidString(mask(name, v)) }) {
			continue
		}
		if raw == nil {
			raw = map[string][][]byte{}
		}
		for _, value := range values {
			raw[name] = append(raw[name], []byte(mask(name, value)))
		}
	}
	if raw == nil {
		return dst
	}
	text, _ := json.Marshal(raw, json.Deterministic(true))
	return append(append(dst, `,"headersBase64":`...), text...)
}

// escapePath writes what is not UTF-8 as %XX, which means the same in a URL (RFC 3986,
// section 2.1) and can stand in JSON.
func escapePath(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	var escaped strings.Builder
	for path != "" {
		r, size := utf8.DecodeRuneInString(path)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&escaped, "%%%02X", path[0])
		} else {
			escaped.WriteString(path[:size])
		}
		path = path[size:]
	}
	return escaped.String()
}

func appendBody(dst, body []byte) []byte {
	if utf8.Valid(body) {
		dst, _ = jsontext.AppendQuote(append(dst, `,"body":`...), body)
		return dst
	}
	dst = append(dst, `,"bodyBase64":"`...)
	return append(base64.StdEncoding.AppendEncode(dst, body), '"')
}

func appendFindings(dst []byte, findings []apizee.Finding) ([]byte, error) {
	if len(findings) == 0 {
		return append(dst, "[]"...), nil
	}
	// A finding repeats what a sender wrote, which need not be UTF-8.
	text, err := json.Marshal(findings, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return dst, fmt.Errorf("encode findings: %w", err)
	}
	return append(dst, text...), nil
}
