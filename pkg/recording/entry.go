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

// Entry is one request and what became of it. Recordings of earlier versions end with Findings.
type Entry struct {
	ReceivedAt time.Time
	Method     string

	// Path is as in the request line, query included. The values of its parameters may be masked,
	// and bytes that are not UTF-8 are written as %XX.
	Path string

	// Headers are by canonical name. A masked value is redact.Masked.
	Headers map[string][]string

	Body     []byte
	Status   int // 0 is no response
	Findings []apizee.Finding

	Took    time.Duration // until the response was ready, in microseconds; 0 is unknown
	Remote  string        // the sender's host:port
	Outcome string        // a receive.Outcome other than accepted, or ""
	Problem string        // why it was not accepted

	Response  Response   // what the sender got
	Forwarded *Forwarded // nil when the request was not forwarded
}

// AppendLine appends the entry as a line of a recording, with the newline. The order of the members is
// fixed, and headers are sorted, so that two recordings can be compared. Secrets are not masked; see
// Masked. It fails only for findings that are not valid, and then dst is not a line.
func (e Entry) AppendLine(dst []byte) ([]byte, error) {
	dst = append(dst, `{"receivedAt":"`...)
	dst = e.ReceivedAt.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = appendText(append(dst, `","method":`...), e.Method)
	dst = appendText(append(dst, `,"path":`...), escapePath(e.Path))
	dst = appendHeaders(dst, "headers", e.Headers)
	dst = appendBody(dst, "body", e.Body)
	dst = strconv.AppendInt(append(dst, `,"status":`...), int64(e.Status), 10)
	dst, err := appendFindings(append(dst, `,"findings":`...), e.Findings)
	dst = appendResult(dst, e)
	return append(dst, "}\n"...), err
}

// appendText appends a string, with the replacement character for bytes that are not UTF-8.
func appendText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// appendName appends the name of a member after the first.
func appendName(dst []byte, name string) []byte {
	return append(append(append(dst, `,"`...), name...), `":`...)
}

func appendHeaders(dst []byte, name string, headers map[string][]string) []byte {
	var stack [16]string // keeps the names of a usual request off the heap
	names := slices.AppendSeq(stack[:0], maps.Keys(headers))
	slices.Sort(names)
	dst = append(appendName(dst, name), '{')
	isText := true
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ":["...)
		for j, value := range headers[name] {
			if j > 0 {
				dst = append(dst, ',')
			}
			var err error
			dst, err = jsontext.AppendQuote(dst, value)
			isText = isText && err == nil
		}
		dst = append(dst, ']')
	}
	dst = append(dst, '}')
	if isText {
		return dst
	}
	text, _ := json.Marshal(RawHeaders(headers), json.Deterministic(true))
	return append(appendName(dst, name+"Base64"), text...)
}

// RawHeaders returns the exact bytes of the headers that are not UTF-8, which JSON cannot hold as text;
// nil if all are.
func RawHeaders(headers map[string][]string) map[string][][]byte {
	var raw map[string][][]byte
	for name, values := range headers {
		if !slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }) {
			continue
		}
		if raw == nil {
			raw = map[string][][]byte{}
		}
		for _, value := range values {
			raw[name] = append(raw[name], []byte(value))
		}
	}
	return raw
}

// escapePath escapes bytes that are not UTF-8 as %XX, which means the same in a URL (RFC 3986,
// section 2.1) and is valid in JSON.
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

func appendBody(dst []byte, name string, body []byte) []byte {
	if utf8.Valid(body) {
		dst, _ = jsontext.AppendQuote(appendName(dst, name), body)
		return dst
	}
	dst = append(appendName(dst, name+"Base64"), '"')
	return append(base64.StdEncoding.AppendEncode(dst, body), '"')
}

func appendFindings(dst []byte, findings []apizee.Finding) ([]byte, error) {
	if len(findings) == 0 {
		return append(dst, "[]"...), nil
	}
	// A finding quotes the sender, whose text need not be UTF-8.
	text, err := json.Marshal(findings, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return dst, fmt.Errorf("encode findings: %w", err)
	}
	return append(dst, text...), nil
}
