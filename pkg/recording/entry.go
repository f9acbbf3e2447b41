package recording

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
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

// Entry is one request and the status of its response.
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
}

// appendLine appends the line of an entry, with the newline. The order of the members is fixed, and
// headers are sorted, so that two recordings can be compared.
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

// appendText appends a string, with the replacement character for bytes that are not UTF-8.
func appendText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

func appendHeaders(dst []byte, headers map[string][]string, mask func(name, value string) string) []byte {
	var stack [16]string // keeps the names of a usual request off the heap
	names := slices.AppendSeq(stack[:0], maps.Keys(headers))
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

// appendRawHeaders appends headersBase64: the exact bytes of headers that are not UTF-8, if any.
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
	// A finding quotes the sender, whose text need not be UTF-8.
	text, err := json.Marshal(findings, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return dst, fmt.Errorf("encode findings: %w", err)
	}
	return append(dst, text...), nil
}

// line is the JSON of an entry. Required members are pointers.
type line struct {
	ReceivedAt *time.Time          `json:"receivedAt"`
	Method     *string             `json:"method"`
	Path       *string             `json:"path"`
	Headers    map[string][]string `json:"headers"`
	HeadersRaw map[string][][]byte `json:"headersBase64"`
	Body       *string             `json:"body"`
	BodyBase64 *string             `json:"bodyBase64"`
	Status     int                 `json:"status"`
	Findings   []apizee.Finding    `json:"findings"`
}

var errNotEntry = errors.New("not an entry of a recording: it needs receivedAt, method, path, and body or bodyBase64")

// Parse parses one line of a recording. An io.ErrUnexpectedEOF in the error means that the line is
// truncated.
func Parse(text []byte) (Entry, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Entry{}, err
		}
		var mismatch *json.SemanticError
		if errors.As(err, &mismatch) {
			return Entry{}, fmt.Errorf("not an entry of a recording: %s has the wrong type", strings.TrimPrefix(string(mismatch.JSONPointer), "/"))
		}
		return Entry{}, fmt.Errorf("not an entry of a recording: invalid JSON: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	if l.ReceivedAt == nil || l.Method == nil || l.Path == nil {
		return Entry{}, errNotEntry
	}
	body, err := l.body()
	if err != nil {
		return Entry{}, err
	}
	return Entry{
		ReceivedAt: *l.ReceivedAt, Method: *l.Method, Path: *l.Path, Headers: l.headers(),
		Body: body, Status: l.Status, Findings: l.Findings,
	}, nil
}

// headers returns the headers, from headersBase64 where they have exact bytes there.
func (l line) headers() map[string][]string {
	for name, values := range l.HeadersRaw {
		exact := make([]string, len(values))
		for i, value := range values {
			exact[i] = string(value)
		}
		if l.Headers == nil {
			l.Headers = map[string][]string{}
		}
		l.Headers[name] = exact
	}
	return l.Headers
}

func (l line) body() ([]byte, error) {
	switch {
	case l.Body != nil && l.BodyBase64 != nil:
		return nil, errors.New("both body and bodyBase64 are set")
	case l.Body != nil:
		return []byte(*l.Body), nil
	case l.BodyBase64 == nil:
		return nil, errNotEntry
	}
	body, err := base64.StdEncoding.DecodeString(*l.BodyBase64)
	if err != nil {
		return nil, fmt.Errorf("bodyBase64: %w", err)
	}
	return body, nil
}
